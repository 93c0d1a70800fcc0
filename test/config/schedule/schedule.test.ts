import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { schedule as kindOfSchedule } from '../../../src/config/kinds/index.ts';
import { nextTimes, scheduleText } from '../../../src/config/schedule/schedule.ts';

const zone = 'Europe/Stockholm';

function times(pattern: string, from: string, count: number): string[] {
  return nextTimes({ pattern }, zone, DateTime.fromISO(from, { zone }), count).map((time) =>
    time.toFormat('yyyy-MM-dd HH:mm ZZ'),
  );
}

describe('A cron schedule', () => {
  it('a cron schedule tells its next times in its zone, the present moment not among them', () => {
    expect(times('15 2 * * *', '2026-06-01T02:15', 2)).toEqual([
      '2026-06-02 02:15 +02:00',
      '2026-06-03 02:15 +02:00',
    ]);
  });

  it('a cron schedule has exactly one run at 02:30 on the day when that time is left out: an hour later', () => {
    expect(times('30 2 * * *', '2026-03-28T00:00', 3)).toEqual([
      '2026-03-28 02:30 +01:00',
      '2026-03-29 03:30 +02:00',
      '2026-03-30 02:30 +02:00',
    ]);
  });

  it('a cron schedule has exactly one run at 02:30 on the day when that time comes twice: at the first', () => {
    expect(times('30 2 * * *', '2026-10-24T00:00', 3)).toEqual([
      '2026-10-24 02:30 +02:00',
      '2026-10-25 02:30 +02:00',
      '2026-10-26 02:30 +01:00',
    ]);
  });

  it.each(['2026-03-29', '2026-10-25'])(
    'a cron schedule has the same times on %s when each is asked from the one before',
    (day) => {
      // BullMQ asks again after each run.
      for (const pattern of ['30 2 * * *', '0 2,3 * * *', '*/30 0-5 * * *']) {
        const start = DateTime.fromISO(day, { zone });
        const [, ...onward] = nextTimes({ pattern }, zone, start, 20);
        const oneByOne = nextTimes({ pattern }, zone, start, 19).flatMap((time) =>
          nextTimes({ pattern }, zone, time, 1),
        );
        expect(oneByOne.map(String)).toEqual(onward.map(String));
      }
    },
  );

  it.each([
    ['weekly', '30 2 * * 1', ['2026-06-08 02:30 +02:00', '2026-06-15 02:30 +02:00']],
    ['monthly', '0 4 31 * *', ['2026-07-31 04:00 +02:00', '2026-08-31 04:00 +02:00']],
    ['on the last day', '0 4 L * *', ['2026-06-30 04:00 +02:00', '2026-07-31 04:00 +02:00']],
    ['rare', '0 4 29 2 *', ['2028-02-29 04:00 +01:00', '2032-02-29 04:00 +01:00']],
  ])('a cron schedule may be %s and then tells its next times', (_name, pattern, expected) => {
    expect(times(pattern, '2026-06-01T12:00', 2)).toEqual(expected);
  });
});

describe('An interval', () => {
  it('an interval fires at its multiples since 1970, the present moment not among them', () => {
    const from = DateTime.fromISO('2026-06-01T12:15:00Z');
    const next = nextTimes({ everyMs: 900_000 }, 'UTC', from, 3).map((time) => time.toFormat('HH:mm'));
    expect(next).toEqual(['12:30', '12:45', '13:00']);
  });
});

it.each(['15 2 * * *', 'every PT15M', 'every P1D', 'every PT36H'])(
  'the schedule %j means the same as written',
  (text) => {
    const schedule = kindOfSchedule.schema.parse(text);
    expect(kindOfSchedule.schema.parse(scheduleText(schedule))).toEqual(schedule);
  },
);
