import { IANAZone } from 'luxon';
import { dayMs, type Fields, isAllHours, isOnDay, readCron, timeOfDay } from './calendar.ts';

/** The Gregorian calendar repeats itself after so many days: what has not fired by then never will. */
const calendarDays = 146_097;

/**
 * The next moment of a cron expression strictly after `afterMs`, in epoch milliseconds: what BullMQ asks for each tick,
 * and what is shown to people.
 *
 * cron-parser (5.10.5) reads the expression, and does not count: around a change of the clock it throws ("loop limit
 * exceeded": `15 2 * * *` in Australia/Lord_Howe), fires hundreds of times (`0 * * * *` there) or leaves a day out
 * (`30 23 * * *` in America/Nuuk). Here every clock time of the expression fires once, whatever the clock does:
 *
 * - One that the clock leaves out fires as if the clock had not been changed yet: 02:30 becomes 03:30.
 * - One that comes twice fires at the first, and at both where the expression has all hours.
 *
 * @throws Error when no day of the calendar matches
 */
export function nextMoment(pattern: string, zoneName: string, afterMs: number): number {
  const fields = readCron(pattern);
  const zone = IANAZone.create(zoneName);
  for (let fromMs = afterMs; ; ) {
    const offsetMs = Math.min(offsetAt(zone, fromMs), offsetAt(zone, fromMs - 2 * dayMs));
    const clockMs = nextClockTime(fields, fromMs + offsetMs);
    // No zone is a day from UTC, so the moment is in this window, which is so short that one change fits in at most.
    const window = { fromMs: Math.max(fromMs, clockMs - 2 * dayMs), toMs: clockMs + 2 * dayMs };
    const found = nextWithin(fields, zone, window);
    if (found !== undefined) return found;
    fromMs = window.toMs - dayMs;
  }
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The first moment after the beginning of a window, unless it is so late that another change may come before. */
function nextWithin(fields: Fields, zone: IANAZone, { fromMs, toMs }: Window): number | undefined {
  const before = offsetAt(zone, fromMs - 2 * dayMs);
  const after = offsetAt(zone, toMs);
  const changeMs = before === after ? Number.POSITIVE_INFINITY : findChange(zone, fromMs - 2 * dayMs, toMs);
  const forwardMs = Math.max(0, after - before);
  const backMs = isAllHours(fields) ? 0 : Math.max(0, before - after);
  const first = nextClockTime(fields, fromMs + before) - before;
  // What the clock leaves out is counted on by the old offset; what it repeats is left out of the new one.
  const candidates = first < changeMs + forwardMs ? [first] : [];
  if (changeMs !== Number.POSITIVE_INFINITY) {
    // Strictly after: what falls on the first moment after the change is found as well.
    const startMs = Math.max(fromMs, changeMs + backMs - 1);
    candidates.push(nextClockTime(fields, startMs + after) - after);
  }
  const found = Math.min(...candidates);
  return found <= toMs - dayMs ? found : undefined;
}

/** The first clock time strictly after another, both as milliseconds since 1970 of a clock that is never changed. */
function nextClockTime(fields: Fields, clockMs: number): number {
  const fromMs = Math.floor(clockMs) + 1;
  const today = Math.floor(fromMs / dayMs);
  for (let day = today; day <= today + calendarDays; day += 1) {
    if (!isOnDay(fields, day)) continue;
    const time = timeOfDay(fields, day === today ? fromMs - today * dayMs : 0);
    if (time !== undefined) return day * dayMs + time;
  }
  throw new Error('The cron expression matches no day of the calendar.');
}

/** The first moment at which the offset of the end holds. */
function findChange(zone: IANAZone, startMs: number, endMs: number): number {
  const wanted = offsetAt(zone, endMs);
  let [before, at] = [startMs, endMs];
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (offsetAt(zone, middle) === wanted) at = middle;
    else before = middle;
  }
  return at;
}

function offsetAt(zone: IANAZone, moment: number): number {
  return zone.offset(moment) * 60_000;
}
