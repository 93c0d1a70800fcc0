import type { DateTime } from 'luxon';
import { type Vendor, vendors } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/index.ts';
import { type RedisMemory, readMemory } from '../../redis/memory.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { Queues, RunsQueue } from '../queues.ts';
import { type LastRun, readLastRun } from '../records/last-run.ts';
import { listPauses, pausable } from '../records/pauses.ts';
import { foundSchedules } from '../schedules/schedules.ts';
import { circuitBreakerKeys } from '../vendors/circuit-breaker.ts';
import { type QueueDepth, queueDepth } from './queue-depth.ts';

/** How everything stands that is kept in Redis: the same, whichever process looks. */
export interface Snapshot {
  readonly lastRuns: Readonly<Record<string, LastRun | undefined>>;
  /** By job, whether its run waits for a person. */
  readonly held: Readonly<Record<string, boolean>>;
  /** By job or vendor, whether a person paused it. */
  readonly paused: Readonly<Record<string, boolean>>;
  /** By vendor, whether it is left alone because of a trouble. */
  readonly vendorsHeld: Readonly<Record<Vendor, boolean>>;
  /** By job, the next tick in epoch milliseconds; one in the past is late. */
  readonly nextTicks: Readonly<Record<string, number>>;
  readonly depths: Readonly<Record<string, QueueDepth>>;
  /** Undefined where Redis does not tell. */
  readonly memory: RedisMemory | undefined;
}

/** Looks at everything with a few dozen small commands, however many jobs, runs and users there are. */
export async function takeSnapshot(queues: Queues, now: DateTime): Promise<Snapshot> {
  const everyQueue = [queues.runs, ...Object.values(queues.vendors)];
  const [lastRuns, held, pauses, vendorsHeld, schedules, depths, memory] = await Promise.all([
    byName(jobNames, (job) => readLastRun(queues, job)),
    byName(jobNames, (job) => isHeld(queues.runs, job)),
    listPauses(queues),
    byName(vendors, (vendor) => isLeftAlone(queues, vendor)),
    foundSchedules(queues.runs),
    Promise.all(everyQueue.map(async (queue) => [queue.name, await queueDepth(queue, now)] as const)),
    readMemory(queues.redis).catch(() => undefined),
  ]);
  return {
    lastRuns,
    held,
    paused: Object.fromEntries(pausable.map((what) => [what, pauses.some((pause) => pause.what === what)])),
    vendorsHeld,
    nextTicks: Object.fromEntries(
      schedules.flatMap(({ job, next }) => (next === undefined ? [] : [[job, next]])),
    ),
    depths: Object.fromEntries(depths),
    memory,
  };
}

async function byName<Name extends string, T>(
  names: readonly Name[],
  look: (name: Name) => Promise<T>,
): Promise<Record<Name, T>> {
  const entries = await Promise.all(names.map(async (name) => [name, await look(name)] as const));
  return Object.fromEntries(entries) as Record<Name, T>;
}

/** The one run of a job that is under way is found by its deduplication id. */
async function isHeld(runs: RunsQueue, job: string): Promise<boolean> {
  const id = await runs.getDeduplicationJobId(job);
  const run = id === null ? undefined : await runs.getJob(id);
  return stateToShow(run?.data)?.phase === 'held';
}

async function isLeftAlone({ redis, prefix }: Queues, vendor: Vendor): Promise<boolean> {
  return (await redis.exists(circuitBreakerKeys(prefix, vendor).pause)) === 1;
}
