import { ErrorCode, type JobSchedulerJson } from 'bullmq';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { Schedule } from '../../config/kinds/index.ts';
import { nextTimes } from '../../config/schedule/schedule.ts';
import type { SentRequest } from '../messages/run-request.ts';
import type { RunsQueue } from '../queues.ts';

/** A schedule that should be there. */
export interface WantedSchedule {
  readonly job: string;
  readonly schedule: Schedule;
  readonly timeZone: string;
}

/** A schedule that is there. */
export interface FoundSchedule {
  readonly job: string;
  /** The next tick, epoch milliseconds. */
  readonly next: number | undefined;
  readonly raw: JobSchedulerJson<unknown>;
}

/** The schedules that the configuration wants. */
export function wantedSchedules(config: Config): WantedSchedule[] {
  return Object.entries(config.jobs)
    .filter(([, { enabled }]) => enabled)
    .map(([job, { schedule, timeZone }]) => ({ job, schedule, timeZone }));
}

/** The schedules that are there, by job. BullMQ knows them by `key`. */
export async function foundSchedules(runs: RunsQueue): Promise<FoundSchedule[]> {
  const found = await runs.getJobSchedulers(0, -1, true);
  return found.map((raw) => ({ job: raw.key, next: raw.next, raw }));
}

/** What `syncSchedules` changed. */
export interface ScheduleChanges {
  readonly set: readonly string[];
  readonly removed: readonly string[];
  /** What could not be set yet; left out where all is set. */
  readonly owed?: readonly string[];
}

/**
 * Makes the schedules that are there those that are wanted. Only a changed one is touched: to set one anew throws away
 * its overdue tick. Several workers may do this at once.
 *
 * @param stop nothing is changed any more once it is aborted
 */
export async function syncSchedules(
  runs: RunsQueue,
  wanted: readonly WantedSchedule[],
  now: DateTime,
  stop?: AbortSignal,
): Promise<ScheduleChanges> {
  const found = await foundSchedules(runs);
  if (stop?.aborted) return { set: [], removed: [] };
  const removed = found.filter(({ job }) => !wanted.some((one) => one.job === job)).map(({ job }) => job);
  const changed = wanted.filter((one) => !found.some((there) => isSame(one, there)));
  await Promise.all(removed.map((job) => runs.removeJobScheduler(job)));
  const isSet = await Promise.all(changed.map((one) => setSchedule(runs, one, now)));
  const jobsWhere = (wantedState: boolean) =>
    changed.filter((_, place) => isSet[place] === wantedState).map(({ job }) => job);
  const owed = jobsWhere(false);
  return { set: jobsWhere(true), removed, ...(owed.length > 0 ? { owed } : {}) };
}

/**
 * Sets a schedule anew, whatever stands in its way: BullMQ keeps the next tick of an interval that is there, and refuses
 * an id that a finished tick has (6.7.0, `addJobScheduler`).
 *
 * @param dueMs when it is to tick next, in epoch milliseconds; left out, at its next time
 * @returns whether it is set; not while a process works on a tick of that time, as one with a wrong clock does
 */
export async function setSchedule(
  runs: RunsQueue,
  wanted: WantedSchedule,
  now: DateTime,
  dueMs?: number,
): Promise<boolean> {
  const { job, schedule, timeZone } = wanted;
  const nextMs = nextTimes(schedule, timeZone, now, 1)[0]?.toMillis() ?? 0;
  const startMs = dueMs ?? nextMs;
  const id = tickId(job, startMs);
  const isInTheWay = ['completed', 'failed', 'unknown'].includes(await runs.getJobState(id));
  if (dueMs !== undefined || isInTheWay) await runs.removeJobScheduler(job);
  // Refused where another worker has just set the schedule: then nothing is in the way any more.
  if (isInTheWay) await runs.remove(id).catch(() => {});
  const repetition =
    'everyMs' in schedule
      ? // Without a start BullMQ would fire at once, and then count from that moment instead of the full intervals we show.
        { every: schedule.everyMs, startDate: startMs }
      : // The first time after the start is looked for.
        { pattern: schedule.pattern, tz: timeZone, ...(startMs > nextMs ? { startDate: startMs - 1 } : {}) };
  const upsert = () =>
    runs.upsertJobScheduler(job, repetition, {
      name: job,
      data: { origin: { trigger: 'schedule' } } satisfies SentRequest,
      // BullMQ hands the trace of a tick on to the next one: it would grow for ever.
      opts: { telemetry: { omitContext: true } },
    });
  if (await unlessTaken(upsert)) return true;
  // Either another worker has just set the schedule, and the tick is its own, or it was left behind by one that is gone.
  await runs.remove(id).catch(() => {});
  return unlessTaken(upsert);
}

/** Whether it was done; not where a tick has the id of the next one. */
async function unlessTaken(upsert: () => Promise<unknown>): Promise<boolean> {
  try {
    await upsert();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ErrorCode.SchedulerJobIdCollision)
      return false;
    throw error;
  }
}

/** The id that BullMQ gives to the tick of a schedule at a time. */
export function tickId(job: string, atMs: number): string {
  return `repeat:${job}:${atMs}`;
}

/** Whether a schedule that is there is the wanted one. */
export function isSame({ job, schedule, timeZone }: WantedSchedule, { raw }: FoundSchedule): boolean {
  if (raw.key !== job || raw.name !== job) return false;
  return 'pattern' in schedule
    ? raw.pattern === schedule.pattern && raw.tz === timeZone
    : Number(raw.every) === schedule.everyMs;
}
