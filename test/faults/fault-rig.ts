import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { rosterCsv } from '../../simulators/people/roster.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { type SimulatorOptions, type Simulators, startSimulators } from '../../simulators/simulators.ts';
import { exitCodes } from '../../src/domain/exit-codes.ts';
import type { Report } from '../../src/runs/report.ts';
import {
  type Caretaker,
  type CommandResult,
  runCaretaker,
  startCaretaker,
  startVersion,
} from '../support/caretaker.ts';

type Environment = Readonly<Record<string, string>>;

/** What a scenario plays on: a Redis of its own that can be hurt, both vendors, and real processes. */
export interface FaultRig {
  readonly redis: PrivateRedis;
  /** A connection of the scenario's own, which finds Redis again after a restart. */
  readonly client: Redis;
  readonly simulators: Simulators;
  readonly folder: string;
  run(words: readonly string[], extra?: Environment): Promise<CommandResult>;
  /** @param program the file that another version begins with */
  start(words: readonly string[], extra?: Environment, program?: string): Caretaker;
  /** Starts a worker and waits until it is ready. */
  worker(extra?: Environment): Promise<Caretaker>;
  /** Adds a run and tells its id. */
  trigger(job: string, mode?: 'observe' | 'enforce'): Promise<string>;
  /** A field of the BullMQ job of a run. */
  field(id: string, name: string): Promise<string | null>;
  /** What a run knows of itself; undefined before it has begun and after it has ended. */
  state(id: string): Promise<{ readonly phase: string; readonly fannedOut: boolean } | undefined>;
  /** The report of a run, also of one under way. */
  report(id: string): Promise<Report>;
  /** Waits until the run has ended, and reads its report. */
  ended(id: string): Promise<Report>;
}

export interface RigOptions extends SimulatorOptions {
  readonly appendOnly?: boolean;
  /** Further settings of Redis. */
  readonly redisSettings?: Readonly<Record<string, string>>;
  readonly environment?: Environment;
}

/** Keys of the queue of runs begin with this. */
export const runsPrefix = '{caretaker}:caretaker-runs';
/** Whatever a scenario waits for: longer than this, and it does not come any more. */
const patienceMs = 20 * 60_000;
const lookEveryMs = 20;

/** Waits for a state. @throws Error saying what did not come */
export async function until(
  what: string,
  look: () => Promise<boolean> | boolean,
  withinMs = patienceMs,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await look())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${withinMs / 1000} s in vain until ${what}`);
    await delay(lookEveryMs);
  }
}

/** Plays a scenario and clears everything away after it, however it ended. */
export async function withFaultRig<T>(
  { appendOnly = false, redisSettings = {}, environment: extra = {}, ...options }: RigOptions,
  play: (rig: FaultRig) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-faults-'));
  const redis = await startPrivateRedis({ appendOnly, settings: redisSettings });
  const simulators = await startSimulators(options);
  const client = new Redis(redis.socketPath, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => {});
  const roster = join(folder, 'roster.csv');
  await writeFile(roster, rosterCsv(simulators.people));
  const environment = { ...environmentOf(redis, simulators, roster), ...extra };
  const started: Caretaker[] = [];
  const lost = Promise.withResolvers<never>();

  const rig: FaultRig = {
    redis,
    client,
    simulators,
    folder,
    run: (words, more) => runCaretaker(words, { ...environment, ...more }),
    start(words, more, program) {
      const whole = { ...environment, ...more };
      const child =
        program === undefined ? startCaretaker(words, whole) : startVersion(program, words, whole);
      started.push(child);
      return child;
    },
    async worker(more) {
      const child = rig.start(['worker'], more);
      await child.says('worker ready');
      // A worker that ends without our doing would be waited for in vain.
      child.ended.then(({ code }) => {
        const { pid, killed, signalCode } = child.process;
        if (!killed) lost.reject(new Error(`worker ${pid} ended by itself (${signalCode ?? code})`));
      }, lost.reject);
      return child;
    },
    async trigger(job, mode = 'enforce') {
      let answer = await rig.run(['trigger', job, '--mode', mode, '--json']);
      // The schedule may have been faster, where a scenario comes to lie on a due time.
      while (answer.code === exitCodes.skipped)
        answer = await rig.run(['trigger', job, '--mode', mode, '--json']);
      if (answer.code !== 0) throw new Error(`trigger ${job} ended ${answer.code}: ${answer.errors}`);
      return answer.json<{ id: string }>().id;
    },
    field: (id, name) => client.hget(`${runsPrefix}:${id}`, name),
    async state(id) {
      const text = await client.hget(`{caretaker}:run:${id}`, 'state');
      return text === null ? undefined : JSON.parse(text);
    },
    async report(id) {
      const answer = await rig.run(['runs', id, '--json']);
      if (answer.code !== 0) throw new Error(`runs ${id} ended ${answer.code}: ${answer.errors}`);
      return answer.json<Report>();
    },
    async ended(id) {
      await until(`run ${id} has ended`, async () => (await rig.field(id, 'finishedOn')) !== null);
      const returned = await rig.field(id, 'returnvalue');
      return returned === null ? rig.report(id) : (JSON.parse(returned) as Report);
    },
  };
  try {
    return await Promise.race([play(rig), lost.promise]);
  } catch (error) {
    if (error instanceof Error) error.message += lastWords(started);
    throw error;
  } finally {
    await redis.kill('SIGCONT');
    await Promise.all(started.map((child) => child.kill('SIGKILL')));
    client.disconnect();
    await simulators.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fast and impolite to the simulated vendors, and quick to notice that a worker is gone. */
function environmentOf(redis: PrivateRedis, simulators: Simulators, roster: string) {
  return {
    REDIS_URL: redis.url,
    CARETAKER_ROSTER: roster,
    // Scenarios say of each run whether it may write.
    CARETAKER_MODE: 'enforce',
    CARETAKER_RETRY_DELAY: 'PT0.05S',
    CARETAKER_LOCK_DURATION: 'PT2S',
    CARETAKER_DRAIN_TIMEOUT: 'PT5S',
    POINTSHARP_URL: simulators.pointsharp.url,
    POINTSHARP_REQUESTS_IN_FLIGHT: '8',
    POINTSHARP_REQUESTS_PER_SECOND: '0',
    SUPEROFFICE_URL: simulators.superoffice.url,
    SUPEROFFICE_USERNAME: 'caretaker',
    SUPEROFFICE_PASSWORD: 'simulated',
    SUPEROFFICE_REQUESTS_PER_SECOND: '0',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
  };
}

const lastLines = 5;
const lineLength = 240;

/** The end of the log of every process, for whoever has to find out what went wrong. */
function lastWords(started: readonly Caretaker[]): string {
  return started
    .slice(-3)
    .map((child) => {
      const lines = `${child.output()}${child.errors()}`.trim().split('\n').slice(-lastLines);
      return `\n--- process ${child.process.pid} said last:\n${lines.map((line) => line.slice(0, lineLength)).join('\n')}`;
    })
    .join('');
}
