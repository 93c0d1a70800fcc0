import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rosterCsv } from '../../simulators/people/roster.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { type SimulatorOptions, type Simulators, startSimulators } from '../../simulators/simulators.ts';
import { type Caretaker, type CommandResult, runCaretaker, startCaretaker } from './caretaker.ts';

/** Everything a test needs to use the product as its users do: a Redis, both vendors, a roster, an environment. */
export interface EndToEnd {
  readonly redis: PrivateRedis;
  readonly simulators: Simulators;
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Runs a command line to its end. */
  run(words: readonly string[], extra?: Environment, input?: string): Promise<CommandResult>;
  /** Starts a command line that goes on. */
  start(words: readonly string[], extra?: Environment): Caretaker;
  /** Writes a file into the folder of this set-up and tells its path. */
  file(name: string, content: string): Promise<string>;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/** Opens a whole set-up: Redis, simulators, roster. Fast and impolite to the simulated vendors; everything else is as it is by default. */
export async function openEndToEnd(options: SimulatorOptions = {}): Promise<EndToEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-test-'));
  const redis = await startPrivateRedis();
  const simulators = await startSimulators({ users: 200, ...options });
  const started: Caretaker[] = [];
  const roster = join(folder, 'roster.csv');
  await writeFile(roster, [...rosterCsv(simulators.people)].join(''));
  const environment = {
    REDIS_URL: redis.url,
    CARETAKER_ROSTER: roster,
    CARETAKER_RETRY_DELAY: 'PT0.05S',
    CARETAKER_LOCK_DURATION: 'PT2S',
    CARETAKER_DRAIN_TIMEOUT: 'PT5S',
    POINTSHARP_URL: simulators.pointsharp.url,
    POINTSHARP_REQUESTS_IN_FLIGHT: '8',
    POINTSHARP_REQUESTS_PER_SECOND: '0',
    SUPEROFFICE_URL: simulators.superoffice.url,
    SUPEROFFICE_USERNAME: 'caretaker',
    SUPEROFFICE_PASSWORD: 'simulated',
    SUPEROFFICE_REQUESTS_IN_FLIGHT: '8',
    SUPEROFFICE_REQUESTS_PER_SECOND: '0',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
  };
  return {
    redis,
    simulators,
    folder,
    environment,
    run: (words, extra, input) => runCaretaker(words, { ...environment, ...extra }, input),
    start(words, extra) {
      const child = startCaretaker(words, { ...environment, ...extra });
      started.push(child);
      return child;
    },
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    async close() {
      await Promise.all(started.map((child) => child.kill('SIGKILL')));
      await simulators.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
