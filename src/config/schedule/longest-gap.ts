import type { DateTime, Zone } from 'luxon';
import type { Schedule } from '../kinds/time.ts';
import { dayMs, type Fields, isAllHours, isEveryWeek, isOnDate, readCron } from './calendar.ts';

/** The Gregorian calendar repeats itself, weekdays and leap years included, after so many years. */
const calendarYears = 400;
const calendarDays = 146_097;
/** Within so many days, whole weeks, each kind of year begins on each weekday, so every change of the clock has been met. */
const clockDays = 28 * 366;

/**
 * The longest time between two runs of a schedule, in milliseconds.
 *
 * It is looked for on the calendar, day by day, and not by counting ticks: a dense schedule would hide its weekends, a
 * rare one (February 29) its leap centuries.
 *
 * Counting the ticks of four hundred years one by one would take seconds; this takes 30 ms, and less for a schedule that
 * is every week the same. Where the clock is changed, it goes by the same rules as `nextMoment`; of a schedule for all
 * hours where the clock is changed by half an hour it may be told up to half an hour too long, never too short.
 *
 * @param from looked at from its year on, by the zone's rules of then; the day makes no difference
 */
export function longestGapMs(schedule: Schedule, zoneName: string, from: DateTime): number {
  if ('everyMs' in schedule) return schedule.everyMs;
  const key = `${schedule.pattern} ${zoneName} ${from.year}`;
  const gapMs = known.get(key) ?? longestGapOf(schedule.pattern, from.setZone(zoneName).zone, from.year);
  known.set(key, gapMs);
  return gapMs;
}

/** To look through four hundred years takes tens of milliseconds, and one start asks several times. */
const known = new Map<string, number>();

function longestGapOf(pattern: string, zone: Zone, fromYear: number): number {
  const fields = readCron(pattern);
  const isWeekly = isEveryWeek(fields);
  const days = isWeekly ? matchingWeekdays(fields, fromYear) : matchingDays(fields, fromYear);
  const roundDays = isWeekly ? clockDays : calendarDays;
  const times = timesOfDay(fields);
  const offsetOn = dailyOffsets(zone);
  const shiftMs = largestShiftMs(offsetOn, days[0] ?? 0);

  const [firstDay = 0] = days;
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  const inner = times.slice(1).map((time, index) => ({ start: times[index] ?? time, end: time }));
  // No schedule can do better than one that fires every day.
  let longest = inner.reduce((most, { start, end }) => Math.max(most, end - start), first + dayMs - last);
  // A schedule for all hours fires again in an hour that is repeated; any other does not, so that its gap grows. Half an
  // hour that is repeated need not have a time of the schedule in it.
  const isGapless = isAllHours(fields) && shiftMs % 3_600_000 === 0;
  const growing = isGapless ? [] : inner.filter(({ start, end }) => end - start + shiftMs > longest);

  days.forEach((day, index) => {
    const next = days[index + 1] ?? firstDay + roundDays;
    const possibleShiftMs = day - firstDay < clockDays ? shiftMs : 0;
    for (const { start, end } of growing) consider(day * dayMs + start, day * dayMs + end, possibleShiftMs);
    consider(day * dayMs + last, next * dayMs + first, isGapless && next === day + 1 ? 0 : possibleShiftMs);
  });
  return longest;

  /** Asking for the zone's offset is dear, so it is asked only where the gap could be the longest. */
  function consider(start: number, end: number, possibleShiftMs: number): void {
    if (end - start + possibleShiftMs <= longest) return;
    longest = Math.max(longest, epochOf(end, zone, offsetOn) - epochOf(start, zone, offsetOn));
  }
}

/** The days (since 1970) on which a cron expression fires that is every week the same, for as long as clocks need. */
function matchingWeekdays(fields: Fields, fromYear: number): number[] {
  const first = Date.UTC(fromYear, 0, 1) / dayMs;
  const days = Array.from({ length: clockDays }, (_, index) => first + index);
  return days.filter((day) => isOnDate(fields, 1, weekdayOf(day), 31));
}

/** The first of January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return (day + 4) % 7;
}

/** The days (since 1970) of one round of the calendar on which a cron expression fires, as cron-parser reads it. */
function matchingDays(fields: Fields, fromYear: number): number[] {
  const days: number[] = [];
  for (let year = fromYear; year < fromYear + calendarYears; year += 1) {
    for (const month of fields.month.values) {
      const first = Date.UTC(year, month - 1, 1) / dayMs;
      const length = Date.UTC(year, month, 1) / dayMs - first;
      for (let day = 1; day <= length; day += 1) {
        if (isOnDate(fields, day, weekdayOf(first + day - 1), length)) days.push(first + day - 1);
      }
    }
  }
  return days;
}

/** The times of day at which a cron expression fires, in milliseconds after midnight. */
function timesOfDay({ hour, minute, second }: Fields): number[] {
  return hour.values.flatMap((h) =>
    minute.values.flatMap((m) => second.values.map((s) => ((h * 60 + m) * 60 + s) * 1000)),
  );
}

/** What a zone's clock is ahead of UTC, in milliseconds, as a day (since 1970) begins in UTC. */
type OffsetOn = (day: number) => number;

function dailyOffsets(zone: Zone): OffsetOn {
  const known = new Map<number, number>();
  return (day) => {
    const offsetMs = known.get(day) ?? zone.offset(day * dayMs) * 60_000;
    known.set(day, offsetMs);
    return offsetMs;
  };
}

/** By how much a clock is put forward or back at most. No summer, and no Ramadan, is shorter than two weeks. */
function largestShiftMs(offsetOn: OffsetOn, firstDay: number): number {
  const offsets = Array.from({ length: clockDays / 14 }, (_, index) => offsetOn(firstDay + index * 14));
  return Math.max(...offsets) - Math.min(...offsets);
}

/** The moment of a clock time: the first of two; where the clock leaves it out, as if it had not been changed yet. */
function epochOf(clockMs: number, zone: Zone, offsetOn: OffsetOn): number {
  const day = Math.floor(clockMs / dayMs);
  const before = clockMs - offsetOn(day - 1);
  const after = clockMs - offsetOn(day + 2);
  if (before === after) return before;
  const isReal = (moment: number) => moment + zone.offset(moment) * 60_000 === clockMs;
  return !isReal(before) && isReal(after) ? after : before;
}
