import fc from 'fast-check';
import { DateTime, Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import { longestGapMs } from '../../../src/config/schedule/longest-gap.ts';
import { nextTimes } from '../../../src/config/schedule/schedule.ts';

const stockholm = 'Europe/Stockholm';
const now = DateTime.fromISO('2026-11-22T12:00:00Z');

function gap(pattern: string, zone = 'UTC', from = now): string | null {
  return Duration.fromMillis(longestGapMs({ pattern }, zone, from))
    .shiftTo('days', 'hours', 'minutes', 'seconds')
    .toISO();
}

function days(count: number, rest = ''): string | null {
  return Duration.fromISO(`P${count}D${rest}`).shiftTo('days', 'hours', 'minutes', 'seconds').toISO();
}

/** The longest gap as ticks show it, the slow way. */
function countedGapMs(pattern: string, zone: string, from: DateTime, ticks: number): number {
  const times = nextTimes({ pattern }, zone, from, ticks).map((time) => time.toMillis());
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}

describe('The longest gap', () => {
  it.each([
    ['15 2 * * *', days(1), days(1, 'T1H')],
    ['30 2 * * *', days(1), days(1, 'T1H')],
    ['0 1,13 * * *', days(0, 'T12H'), days(0, 'T13H')],
    ['30 2 * * 1', days(7), days(7, 'T1H')],
    ['0 4 * * 7', days(7), days(7, 'T1H')],
    ['0 0 * * 1-6', days(2), days(2, 'T1H')],
    ['0 1 * * 0,1', days(6), days(6)],
    ['0 4 1 * *', days(31), days(31, 'T1H')],
    ['0 4 L * *', days(31), days(31, 'T1H')],
    ['0 4 31 * *', days(61), days(61, 'T1H')],
    ['0 4 1 2,9 *', days(213), days(212, 'T23H')],
    // 2096 and 2104 are leap years, 2100 is none.
    ['0 4 29 2 *', days(8 * 365 + 1), days(8 * 365 + 1)],
    // Daily, in one month of the year.
    ['0 4 * 2 *', days(338), days(338)],
    // Five Mondays in a February: 2072, then 2112.
    ['0 4 * 2 1#5', days(40 * 365 + 9), days(40 * 365 + 9)],
    ['*/5 * * * *', days(0, 'T5M'), days(0, 'T5M')],
    ['*/5 8-17 * * 1-5', days(2, 'T14H5M'), days(2, 'T15H5M')],
    ['*/5 * * * 1-5', days(2, 'T5M'), days(2, 'T1H5M')],
    ['* * 0-22 * * *', days(0, 'T1H1S'), days(0, 'T1H1S')],
  ])('the longest gap of %j is %s in UTC and %s in Stockholm', (pattern, inUtc, inStockholm) => {
    expect(gap(pattern)).toBe(inUtc);
    expect(gap(pattern, stockholm)).toBe(inStockholm);
  });

  it('the longest gap of an interval is the interval', () => {
    expect(longestGapMs({ everyMs: 900_000 }, stockholm, now)).toBe(900_000);
  });

  it.each(['0 4 29 2 *', '0 4 31 * *', '30 2 * * *', '*/5 8-17 * * 1-5', '0 4 * * 5L'])(
    'the longest gap of %j does not depend on the date',
    (pattern) => {
      const gaps = ['2026-01-01', '2026-03-29', '2027-10-31', '2028-02-29', '2030-12-31'].map((date) =>
        gap(pattern, stockholm, DateTime.fromISO(date)),
      );
      expect(new Set(gaps).size).toBe(1);
    },
  );

  it.each([
    ['30 2 * * *', stockholm, 800],
    ['15 2,14 * * *', stockholm, 800],
    ['0 3 * * 0', 'America/New_York', 110],
    ['30 1 * * 6,0', 'Europe/London', 220],
    ['0 4 13 * 5', stockholm, 130],
    ['0 6 * * 2#2', stockholm, 26],
    ['0 6 * * 5L', 'Australia/Sydney', 26],
    ['10 5 L 3,6,9,12 *', stockholm, 20],
    ['0 12 */10 * *', 'Asia/Kolkata', 90],
    ['45 3 * * *', 'Australia/Lord_Howe', 380],
    ['30 2 * * 0', 'America/St_Johns', 110],
    ['0 4 31 * *', 'America/St_Johns', 50],
    ['30 15 2 * * *', 'Pacific/Chatham', 380],
    ['0 0 * * 5', 'Africa/Cairo', 110],
    ['0 4 29 2 *', stockholm, 40],
  ])('the longest gap of %j in %s is the one that %d ticks show', (pattern, zone, ticks) => {
    const start = DateTime.fromISO('2027-01-01', { zone });
    expect(longestGapMs({ pattern }, zone, start)).toBe(countedGapMs(pattern, zone, start, ticks));
  });

  const zones = [
    { zone: stockholm, changes: ['2027-03-20', '2027-10-23'] },
    { zone: 'America/St_Johns', changes: ['2027-03-06', '2027-10-30'] },
    { zone: 'Pacific/Chatham', changes: ['2027-03-27', '2027-09-18'] },
    { zone: 'America/Santiago', changes: ['2027-03-27', '2027-08-28'] },
  ];

  it.each(zones)(
    'the longest gap of any weekly schedule in $zone is the one that ticks around clock changes show',
    (row) => {
      const { zone, changes } = row;
      const weekdays = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
      const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 });
      const seconds = fc.constantFrom('', '30 ');
      fc.assert(
        fc.property(
          seconds,
          weekdays,
          hours,
          fc.integer({ min: 0, max: 59 }),
          (second, weekday, hour, minute) => {
            const pattern = `${second}${minute} ${hour.join(',')} * * ${weekday.join(',')}`;
            const ticksOfThreeWeeks = 3 * weekday.length * hour.length + 1;
            const counted = ['2027-06-01', ...changes].map((date) =>
              countedGapMs(pattern, zone, DateTime.fromISO(date, { zone }), ticksOfThreeWeeks),
            );
            expect(longestGapMs({ pattern }, zone, now)).toBe(Math.max(...counted));
          },
        ),
        { numRuns: 5 },
      );
    },
  );
});
