import { setTimeout as delay } from 'node:timers/promises';
import { DateTime } from 'luxon';
import type { WorkerContext } from '../context.ts';
import {
  type Fault,
  faultTexts,
  type LookClock,
  type ScheduleState,
  scheduleStates,
} from './schedule-state.ts';
import { type FoundSchedule, foundSchedules, setSchedule, wantedSchedules } from './schedules.ts';

/** A tick that is being taken is on its way to the next for a moment. */
const secondLookMs = 1_000;

/**
 * Sets those schedules anew that are as wanted and do not tick, and warns of each. A fault counts when it is there twice
 * in the same way. Another schedule than the wanted one is left alone: it may be that of workers with another
 * configuration.
 *
 * @param isSetBack the clock was set back since the last look
 */
export async function repairSchedules(
  context: WorkerContext,
  found: readonly FoundSchedule[],
  stop: AbortSignal,
  isSetBack = false,
): Promise<void> {
  const look = (there: readonly FoundSchedule[]) =>
    faultyStates(context, there, { now: context.now(), isSetBack });
  const first = await look(found);
  if (first.length === 0 || stop.aborted) return;
  try {
    await delay(secondLookMs, undefined, { signal: stop });
  } catch {
    return;
  }
  const again = await look(await foundSchedules(context.queues.runs));
  const lasting = again.filter((state) => first.some((before) => isSameFault(before, state)));
  for (const state of lasting) {
    if (stop.aborted) return;
    await repair(context, state);
  }
}

type FaultyState = ScheduleState & { readonly fault: Fault };

async function faultyStates(
  { config, queues }: WorkerContext,
  found: readonly FoundSchedule[],
  clock: LookClock,
): Promise<FaultyState[]> {
  const states = await scheduleStates(queues.runs, wantedSchedules(config), found, clock);
  return states.flatMap((state) => (state.fault ? [{ ...state, fault: state.fault }] : []));
}

function isSameFault(one: FaultyState, other: FaultyState): boolean {
  return (
    one.wanted.job === other.wanted.job && one.fault === other.fault && one.found?.next === other.found?.next
  );
}

async function repair({ queues, log, now }: WorkerContext, state: FaultyState): Promise<void> {
  const { wanted, found, fault, dueMs } = state;
  if (!(await setSchedule(queues.runs, wanted, now(), dueMs))) return;
  const { job, timeZone } = wanted;
  const isoOf = (ms: number | undefined) =>
    ms === undefined ? undefined : DateTime.fromMillis(ms, { zone: timeZone }).toISO();
  log.warn(
    { job, fault, reason: faultTexts[fault], was: isoOf(found?.next), next: isoOf(dueMs) },
    'schedule set anew: it would not have ticked when it should',
  );
}
