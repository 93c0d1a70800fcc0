import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rosterCsv } from '../../simulators/people/roster.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { type SimulatorOptions, type Simulators, startSimulators } from '../../simulators/simulators.ts';
import { type Caretaker, type CommandResult, runCaretaker, startCaretaker } from './caretaker.ts';

/** What an end-to-end test uses the product with: a Redis, both vendors, a roster, and the environment that names them. */
export interface EndToEnd {
  readonly redis: PrivateRedis;
  readonly simulators: Simulators;
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Runs a command line to its end. */
  run(words: readonly string[], extra?: Environment, input?: string): Promise<CommandResult>;
  /** Starts a command line that runs until it is ended. */
  start(words: readonly string[], extra?: Environment): Caretaker;
  /** Writes a file into the folder and resolves to its path. */
  file(name: string, content: string): Promise<string>;
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

/**
 * Starts a Redis and both simulators, and writes the roster. The environment sets no limit of requests per second and
 * short delays, to be fast; all else has its default.
 */
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
    // What is printed must not depend on the machine.
    CARETAKER_TIME_ZONE: 'UTC',
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
