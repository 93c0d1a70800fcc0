import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { longestGapMs } from '../../../src/config/schedule/longest-gap.ts';
import { nextMoment } from '../../../src/config/schedule/next-moment.ts';
import { nextTimes } from '../../../src/config/schedule/schedule.ts';
import { changesOf, zonesThatChange } from './zones.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function times(pattern: string, zone: string, from: string, count: number): string[] {
  return nextTimes({ pattern }, zone, DateTime.fromISO(from, { zone }), count).map((time) =>
    time.toFormat('MM-dd HH:mm ZZ'),
  );
}

test.each<[string, string, string, string[]]>([
  // cron-parser 5.10.5 throws "loop limit exceeded".
  ['15 2 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00', ['04-04 02:15 +11:00', '04-05 02:15 +10:30']],
  // It leaves the day out whose time the clock leaves out.
  ['30 23 * * *', 'America/Nuuk', '2026-03-27T00:00', ['03-27 23:30 -02:00', '03-29 00:30 -01:00']],
  // 5.10.3, which BullMQ brings, leaves the midnight out.
  ['0 0 * * *', 'Africa/Cairo', '2027-04-29T00:00', ['04-30 01:00 +03:00', '05-01 00:00 +03:00']],
  ['0 0 * * *', 'Asia/Beirut', '2027-03-27T00:00', ['03-28 01:00 +03:00', '03-29 00:00 +03:00']],
  ['0 0 * * *', 'America/Havana', '2027-03-13T00:00', ['03-14 01:00 -04:00', '03-15 00:00 -04:00']],
  ['30 0 * * *', 'America/Santiago', '2027-09-04T00:30', ['09-05 01:30 -03:00', '09-06 00:30 -03:00']],
  // It fires 309 times on the day when the clock goes back.
  [
    '0 * * * *',
    'Australia/Lord_Howe',
    '2026-04-05T00:30',
    ['04-05 01:00 +11:00', '04-05 02:00 +10:30', '04-05 03:00 +10:30'],
  ],
  [
    '0 * * * *',
    'Europe/Stockholm',
    '2026-10-25T01:30',
    ['10-25 02:00 +02:00', '10-25 02:00 +01:00', '10-25 03:00 +01:00'],
  ],
])(
  'the schedule %j in %s fires once for each time of the clock around %s',
  (pattern, zone, from, expected) => {
    expect(times(pattern, zone, from, expected.length)).toEqual(expected);
  },
);

test('the rarest day of the calendar is found: a February with five Mondays', () => {
  const next = nextMoment('0 0 * 2 1#5', 'UTC', Date.UTC(2072, 2));
  expect(new Date(next).toISOString()).toBe('2112-02-29T00:00:00.000Z');
});

const number = (min: number, max: number) => fc.integer({ min, max });
/** A field as people write it: all, a step, a range or a list. */
const field = (min: number, max: number) =>
  fc.oneof(
    fc.constant('*'),
    number(2, 20).map((step) => `*/${Math.min(step, max)}`),
    fc.tuple(number(min, max), number(min, max)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.uniqueArray(number(min, max), { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
  );
const fixed = (min: number, max: number) => number(min, max).map(String);
const weekday = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fc.constantFrom('1-5', '0,6', '7', '5L', '2#2') },
);
const dayOfMonth = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fc.constantFrom('1', 'L', '*/10', '13,31', '29') },
);
const patterns = fc
  .tuple(fc.oneof(fixed(0, 59), field(0, 59)), fc.oneof(fixed(0, 23), field(0, 23)), dayOfMonth, weekday)
  .map(([minute, hour, date, day]) => `${minute} ${hour} ${date} * ${day}`);

test('where no clock is changed, the times are those of cron-parser', () => {
  const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  const withSeconds = fc.tuple(field(0, 59), patterns).map(([second, rest]) => `${second} ${rest}`);
  fc.assert(
    fc.property(fc.oneof(patterns, withSeconds), start, (pattern, currentDate) => {
      const theirs = CronExpressionParser.parse(pattern, { tz: 'UTC', currentDate }).take(20);
      const ours = nextTimes({ pattern }, 'UTC', DateTime.fromJSDate(currentDate, { zone: 'utc' }), 20);
      expect(ours.map((time) => time.toMillis())).toEqual(theirs.map((time) => time.getTime()));
    }),
    { numRuns: 300 },
  );
});

/** Two years with their changes of the clock, Ramadan in Casablanca among them. */
const fromMs = Date.UTC(2026, 0);
const toMs = Date.UTC(2028, 0);

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest time between two ticks of a span, each asked from the one before, as BullMQ does. */
function longestMetMs(pattern: string, zone: string, spans: readonly Span[]): number {
  let longest = 0;
  for (const span of spans) {
    let at = nextMoment(pattern, zone, span.fromMs);
    while (at < span.toMs) {
      const next = nextMoment(pattern, zone, at);
      if (next <= at) throw new Error(`${pattern} ${zone}: no way on from ${at}`);
      longest = Math.max(longest, next - at);
      at = next;
    }
  }
  return longest;
}

/** The days on which the clock of a zone is changed, with so much before and after them. */
const aroundChanges = (zone: string, marginMs = dayMs): Span[] =>
  changesOf(zone, fromMs, toMs).map((day) => ({ fromMs: day - marginMs, toMs: day + dayMs + marginMs }));

test('the longest gap told is never shorter than the one met: any schedule, any zone, two years', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  fc.assert(
    fc.property(patterns, zones, (pattern, zone) => {
      const told = longestGapMs({ pattern }, zone, DateTime.fromMillis(fromMs));
      const tenth = nextTimes({ pattern }, zone, DateTime.fromMillis(fromMs), 10).at(-1)?.toMillis() ?? 0;
      // A schedule of many times a day is followed around each change of the clock, any other through both years.
      const isDense = tenth < fromMs + dayMs;
      const met = longestMetMs(pattern, zone, isDense ? aroundChanges(zone, 6 * hourMs) : [{ fromMs, toMs }]);
      expect(met).toBeLessThanOrEqual(told);
    }),
    { numRuns: 60 },
  );
});

test('the longest gap told holds on each day that a clock is changed, in every zone, for schedules of that hour', () => {
  const changing = zonesThatChange(fromMs, toMs);
  expect(changing.length).toBeGreaterThan(20);
  const common = ['0 0 * * *', '30 23 * * *', '15 2 * * *', '0 * * * *', '15 * * * *', '*/21 * * * *'];
  for (const { zone } of changing) {
    for (const pattern of common) {
      const told = longestGapMs({ pattern }, zone, DateTime.fromMillis(fromMs));
      // What fires many times a day shows its longest gap within hours.
      const marginMs = pattern.split(' ')[1] === '*' ? 3 * hourMs : dayMs;
      const met = longestMetMs(pattern, zone, aroundChanges(zone, marginMs));
      expect(met, `${pattern} ${zone}`).toBeLessThanOrEqual(told);
      // Nothing that fires daily is left out for a day; in Troll the clock is changed by two hours.
      expect(met, `${pattern} ${zone}`).toBeLessThanOrEqual(26 * hourMs);
    }
  }
});
