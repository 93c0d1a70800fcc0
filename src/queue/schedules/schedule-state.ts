import { DateTime } from 'luxon';
import { nextTimes } from '../../config/schedule/schedule.ts';
import type { RunsQueue } from '../queues.ts';
import { type FoundSchedule, isSame, tickId, type WantedSchedule } from './schedules.ts';

/*
 * That a schedule is there and equal does not mean that it ticks. BullMQ sets the next tick when one is taken, and
 * nothing looks whether it is still there: a tick that is gone, or that a worker with a wrong clock has taken, ends the
 * schedule or puts it off for a year.
 */

/** Why a schedule that is as wanted does not tick when it should. */
export type Fault = 'no-tick' | 'tick-done' | 'tick-too-far';

/** Each fault as it reads after the name of the job. */
export const faultTexts = {
  'no-tick': 'no tick is queued',
  'tick-done': 'its next tick has been processed already',
  'tick-too-far': 'its next tick lies beyond the next time of the schedule',
} satisfies Record<Fault, string>;

/** How a wanted schedule stands in Redis. */
export interface ScheduleState {
  readonly wanted: WantedSchedule;
  /** Undefined where it is missing. */
  readonly found: FoundSchedule | undefined;
  /** Left out also where it is missing or another one is there. */
  readonly fault?: Fault | undefined;
  /** The next tick that is really queued, in epoch milliseconds; one in the past is late. */
  readonly queued?: number | undefined;
  /** When it should tick next, in epoch milliseconds. */
  readonly dueMs: number;
}

/** So many ticks in a row that were taken early are looked at, and no more. */
const earlyTicks = 20;
/** A tick that was processed so long after its time was reported as missed: the clock of that worker was wrong. */
const missedAfterMs = 86_400_000;

/** By which clock a schedule is looked at. */
export interface LookClock {
  readonly now: DateTime;
  /** The clock was set back since the last look: the times that come now came before, and come again. */
  readonly isSetBack?: boolean;
}

/** Looks how the wanted schedules stand among those that are there. Changes nothing. */
export async function scheduleStates(
  runs: RunsQueue,
  wanted: readonly WantedSchedule[],
  found: readonly FoundSchedule[],
  clock: LookClock,
): Promise<ScheduleState[]> {
  return Promise.all(
    wanted.map((one) => {
      const there = found.find(({ job }) => job === one.job);
      return stateOf(runs, one, there, clock);
    }),
  );
}

/** The tick of a schedule that is really queued: known to the schedule, there, and neither finished nor lost. */
export async function queuedTick(
  runs: RunsQueue,
  { job, next }: FoundSchedule,
): Promise<{ readonly at?: number; readonly fault?: Fault }> {
  if (next === undefined) return { fault: 'no-tick' };
  const standing = await standingOf(runs, tickId(job, next));
  if (standing === 'queued') return { at: next };
  return { fault: standing === 'done' ? 'tick-done' : 'no-tick' };
}

async function stateOf(
  runs: RunsQueue,
  wanted: WantedSchedule,
  found: FoundSchedule | undefined,
  { now, isSetBack = false }: LookClock,
): Promise<ScheduleState> {
  const dueMs = nextTimes(wanted.schedule, wanted.timeZone, now, 1)[0]?.toMillis() ?? now.toMillis();
  if (!found) return { wanted, found, dueMs };
  const { at, fault } = await queuedTick(runs, found);
  if (!isSame(wanted, found)) return { wanted, found, dueMs, queued: at };
  if (at === undefined || at <= dueMs) return { wanted, found, dueMs, queued: at, fault };
  const untakenMs = isSetBack ? dueMs : await nextUntaken(runs, wanted, dueMs, at);
  const state = { wanted, found, queued: at, dueMs: untakenMs };
  return at > untakenMs ? { ...state, fault: 'tick-too-far' } : state;
}

/**
 * The next time of a schedule, from `dueMs` until `queuedMs`, that no worker has taken yet. One whose clock is ahead
 * takes ticks early; what it ran is not asked for again.
 */
async function nextUntaken(
  runs: RunsQueue,
  { job, schedule, timeZone }: WantedSchedule,
  dueMs: number,
  queuedMs: number,
): Promise<number> {
  let at = dueMs;
  for (let early = 0; early < earlyTicks && at < queuedMs; early += 1) {
    if ((await standingOf(runs, tickId(job, at))) === 'gone') break;
    const tick = await runs.getJob(tickId(job, at));
    const isMissed = (tick?.processedOn ?? 0) - at >= missedAfterMs;
    if (isMissed) break;
    at = nextTimes(schedule, timeZone, DateTime.fromMillis(at), 1)[0]?.toMillis() ?? at;
  }
  return at;
}

type Standing = 'queued' | 'done' | 'gone';

async function standingOf(runs: RunsQueue, id: string): Promise<Standing> {
  const [tick, state] = await Promise.all([runs.getJob(id), runs.getJobState(id)]);
  if (!tick || state === 'unknown') return 'gone';
  return state === 'completed' || state === 'failed' ? 'done' : 'queued';
}
