import type { DateTime } from 'luxon';
import type { Vendor } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/index.ts';
import { type RedisMemory, readMemory } from '../../redis/memory.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { Queues, RunsQueue } from '../queues.ts';
import { type LastRun, readLastRun } from '../records/last-run.ts';
import { listPauses, pausable } from '../records/pauses.ts';
import { standingRun } from '../records/runs/find-run.ts';
import { queuedTick } from '../schedules/schedule-state.ts';
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
  /** By vendor, whether its circuit breaker is open. */
  readonly vendorsHeld: Readonly<Record<Vendor, boolean>>;
  /** By job, the next tick that is really queued, in epoch milliseconds; one in the past is late. */
  readonly nextTicks: Readonly<Record<string, number>>;
  readonly depths: Readonly<Record<string, QueueDepth>>;
  /** Undefined where Redis does not tell. */
  readonly memory: RedisMemory | undefined;
}

/** Looks at everything with a few dozen small commands, however many jobs, runs and users there are. */
export async function takeSnapshot(queues: Queues, now: DateTime): Promise<Snapshot> {
  const everyQueue = [queues.runs, ...Object.values(queues.vendors)];
  const [lastRuns, held, pauses, vendorsHeld, nextTicks, depths, memory] = await Promise.all([
    byJob((job) => readLastRun(queues, job)),
    byJob((job) => isHeld(queues.runs, job)),
    listPauses(queues),
    openBreakers(queues),
    queuedTicks(queues.runs),
    Promise.all(everyQueue.map(async (queue) => [queue.name, await queueDepth(queue, now)] as const)),
    readMemory(queues.redis).catch(() => undefined),
  ]);
  return {
    lastRuns,
    held,
    paused: Object.fromEntries(pausable.map((what) => [what, pauses.some((pause) => pause.what === what)])),
    vendorsHeld,
    nextTicks,
    depths: Object.fromEntries(depths),
    memory,
  };
}

async function queuedTicks(runs: RunsQueue): Promise<Snapshot['nextTicks']> {
  const found = await foundSchedules(runs);
  const ticks = await Promise.all(
    found.map(async (schedule) => [schedule.job, (await queuedTick(runs, schedule)).at] as const),
  );
  return Object.fromEntries(ticks.flatMap(([job, at]) => (at === undefined ? [] : [[job, at]])));
}

async function byJob<T>(look: (job: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(jobNames.map(async (job) => [job, await look(job)] as const)));
}

async function isHeld(runs: RunsQueue, job: string): Promise<boolean> {
  return stateToShow((await standingRun(runs, job))?.data)?.phase === 'held';
}

async function openBreakers(queues: Queues): Promise<Snapshot['vendorsHeld']> {
  const [pointsharp, superoffice] = await Promise.all([
    isOpen(queues, 'pointsharp'),
    isOpen(queues, 'superoffice'),
  ]);
  return { pointsharp, superoffice };
}

async function isOpen({ redis, prefix }: Queues, vendor: Vendor): Promise<boolean> {
  return (await redis.exists(circuitBreakerKeys(prefix, vendor).pause)) === 1;
}
