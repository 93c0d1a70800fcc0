import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { type DateTime, IANAZone } from 'luxon';
import type { Schedule } from '../kinds/time.ts';

const dayMs = 86_400_000;
/** The Gregorian calendar repeats itself, weekdays and leap years included, after so many years. */
const calendarYears = 400;
const calendarDays = 146_097;
/** Within so many days each kind of year begins on each weekday, so every change of the clock has been met. */
const clockDays = 28 * 366;

type Fields = CronExpression['fields'];

/**
 * The longest time between two runs of a schedule, in milliseconds.
 *
 * It is looked for on the calendar, day by day, and not by counting ticks: a dense schedule would hide its weekends, a
 * rare one (February 29) its leap centuries.
 *
 * cron-parser's own iteration was measured for it (5.10.5, Node 26): a tick costs 70 to 270 µs, so that the four hundred
 * years of a daily schedule take 10 s in UTC and 30 s in Stockholm, where this takes 30 ms; and over a change of the
 * clock by half an hour it throws ("loop limit exceeded": `15 2 * * *` in Australia/Lord_Howe, in April). Where it gets
 * through, both find the same gap: 121 random schedules in 12 time zones, over 401 years or around the clock changes.
 *
 * @param from looked at from its year on, by the zone's rules of then; the day makes no difference
 */
export function longestGapMs(schedule: Schedule, zoneName: string, from: DateTime): number {
  if ('everyMs' in schedule) return schedule.everyMs;
  const key = `${schedule.pattern} ${zoneName} ${from.year}`;
  const gapMs = known.get(key) ?? longestGapOf(schedule.pattern, zoneName, from.year);
  known.set(key, gapMs);
  return gapMs;
}

/** To look through four hundred years takes tens of milliseconds, and one start asks several times. */
const known = new Map<string, number>();

function longestGapOf(pattern: string, zoneName: string, fromYear: number): number {
  const { fields } = CronExpressionParser.parse(pattern);
  const days = matchingDays(fields, fromYear);
  const times = timesOfDay(fields);
  const zone = IANAZone.create(zoneName);
  const offsetOn = dailyOffsets(zone);
  const shiftMs = largestShiftMs(offsetOn, days[0] ?? 0);

  const [firstDay = 0] = days;
  const [first = 0] = times;
  const last = times.at(-1) ?? 0;
  const inner = times.slice(1).map((time, index) => ({ start: times[index] ?? time, end: time }));
  // No schedule can do better than one that fires every day.
  let longest = inner.reduce((most, { start, end }) => Math.max(most, end - start), first + dayMs - last);
  // A schedule for all hours fires again in an hour that is repeated; any other does not, so that its gap grows.
  const isAllHours = fields.hour.values.length === 24;
  const growing = isAllHours ? [] : inner.filter(({ start, end }) => end - start + shiftMs > longest);

  days.forEach((day, index) => {
    const next = days[index + 1] ?? firstDay + calendarDays;
    const possibleShiftMs = day - firstDay < clockDays ? shiftMs : 0;
    for (const { start, end } of growing) consider(day * dayMs + start, day * dayMs + end, possibleShiftMs);
    const isGapless = isAllHours && next === day + 1;
    consider(day * dayMs + last, next * dayMs + first, isGapless ? 0 : possibleShiftMs);
  });
  return longest;

  /** Asking for the zone's offset is dear, so it is asked only where the gap could be the longest. */
  function consider(start: number, end: number, possibleShiftMs: number): void {
    if (end - start + possibleShiftMs <= longest) return;
    longest = Math.max(longest, epochOf(end, zone, offsetOn) - epochOf(start, zone, offsetOn));
  }
}

/** The days (since 1970) of one round of the calendar on which a cron expression fires, as cron-parser reads it. */
function matchingDays({ month, dayOfMonth, dayOfWeek }: Fields, fromYear: number): number[] {
  const days: number[] = [];
  for (let year = fromYear; year < fromYear + calendarYears; year += 1) {
    for (const monthOfYear of month.values) {
      const first = Date.UTC(year, monthOfYear - 1, 1) / dayMs;
      const length = Date.UTC(year, monthOfYear, 1) / dayMs - first;
      for (let day = 1; day <= length; day += 1) {
        // The first of January 1970 was a Thursday.
        if (isMatch(day, (first + day + 3) % 7, length)) days.push(first + day - 1);
      }
    }
  }
  return days;

  function isMatch(day: number, weekday: number, lastDay: number): boolean {
    const byDay = isIn(dayOfMonth.values, day) || (dayOfMonth.hasLastChar && day === lastDay);
    if (dayOfWeek.isWildcard) return byDay;
    const ofThatWeek = dayOfWeek.nthDay <= 0 || Math.ceil(day / 7) === dayOfWeek.nthDay;
    const isLast =
      dayOfWeek.hasLastChar &&
      day > lastDay - 7 &&
      dayOfWeek.values.some((value) => Number.parseInt(String(value), 10) % 7 === weekday);
    const byWeekday = (isIn(dayOfWeek.values, weekday) && ofThatWeek) || isLast;
    return dayOfMonth.isWildcard ? byWeekday : byDay || byWeekday;
  }
}

function isIn(values: readonly (number | string)[], value: number): boolean {
  return values.includes(value);
}

/** The times of day at which a cron expression fires, in milliseconds after midnight. */
function timesOfDay({ hour, minute, second }: Fields): number[] {
  return hour.values.flatMap((h) =>
    minute.values.flatMap((m) => second.values.map((s) => ((h * 60 + m) * 60 + s) * 1000)),
  );
}

/** What a zone's clock is ahead of UTC, in milliseconds, as a day (since 1970) begins in UTC. */
type OffsetOn = (day: number) => number;

function dailyOffsets(zone: IANAZone): OffsetOn {
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
function epochOf(clockMs: number, zone: IANAZone, offsetOn: OffsetOn): number {
  const day = Math.floor(clockMs / dayMs);
  const before = clockMs - offsetOn(day - 1);
  const after = clockMs - offsetOn(day + 2);
  if (before === after) return before;
  const isReal = (moment: number) => moment + zone.offset(moment) * 60_000 === clockMs;
  return !isReal(before) && isReal(after) ? after : before;
}
