import fc from 'fast-check';
import { Duration } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { duration, hours, schedule, timeZone, wait } from '../../../src/config/kinds/time.ts';
import { read, testKinds } from './kind-cases.ts';

testKinds([
  {
    name: 'time zone',
    of: timeZone,
    right: [
      ['UTC', 'UTC'],
      ['Europe/Stockholm', 'Europe/Stockholm'],
      [' Etc/GMT-3 ', 'Etc/GMT-3'],
    ],
    wrong: ['Europe/Sthlm', 'Europe/Stockholm UTC', 'local', 'system', ''],
  },
  {
    name: 'schedule',
    of: schedule,
    right: [
      ['15 2 * * *', { pattern: '15 2 * * *' }],
      ['0 15 2 * * MON-THU', { pattern: '0 15 2 * * MON-THU' }],
      ['0 4 29 2 *', { pattern: '0 4 29 2 *' }],
      [' 0 4 L * 5#2 ', { pattern: '0 4 L * 5#2' }],
      ['0 15 2 ? * MON', { pattern: '0 15 2 ? * MON' }],
      ['15 2 * * ?', { pattern: '15 2 * * ?' }],
      ['*/60 */24 */31 */12 */7', { pattern: '*/60 */24 */31 */12 */7' }],
      ['5-55/10 * * * *', { pattern: '5-55/10 * * * *' }],
      ['every PT15M', { everyMs: 900_000 }],
      ['Every  P1D', { everyMs: 86_400_000 }],
      ['every PT0.0333M', { everyMs: 1998 }],
      ['every P0Y1D', { everyMs: 86_400_000 }],
    ],
    wrong: [
      ...['', '* * * *', '@daily', '60 2 * * *', '15 2 * * * * *', '15 2 * * MOO'],
      // What AWS writes, whose last field is the year, and others that would run hourly.
      ...['15 2 * * ? *', '0 10 ? * MON-FRI *', '? 2 * * *', '15 ? * * *', '15 2 * ? *', '? 15 2 * * *'],
      ...['*/90 * * * *', '*/61 * * * *', '0 */25 * * *', '0 2 */32 * *', '0 2 1 */13 *', '0 2 * * */8'],
      ...['*/61 * * * * *', '0-30/61 * * * *', '1,*/90 * * * *'],
      // Days that never come, and a time drawn by lot.
      ...['0 4 31 2 *', '0 4 30 2 *', 'H H * * *', 'H(1-5) 2 * * *'],
      ...[
        'every',
        'every 15 minutes',
        'every PT0S',
        'every PT0.9995S',
        'every P1M',
        'every P1Y',
        'every P0.5M',
      ],
      'everyPT15M',
    ],
  },
  {
    name: 'hours',
    of: hours,
    right: [
      [
        '22:00-05:30 Europe/Stockholm',
        { fromMinute: 22 * 60, toMinute: 5 * 60 + 30, zone: 'Europe/Stockholm' },
      ],
      [' 00:00-23:59  UTC', { fromMinute: 0, toMinute: 23 * 60 + 59, zone: 'UTC' }],
    ],
    wrong: [
      ...['22:00-05:00', '22:00-22:00 UTC', '24:00-05:00 UTC', '22:60-05:00 UTC', '22-05 UTC'],
      ...['9:00-05:00 UTC', '22:00 - 05:00 UTC', '22:00-05:00 Mars', '22:00-05:00 UTC UTC', ''],
    ],
  },
]);

describe('A duration', () => {
  it.each(['PT15M', 'PT36H', 'P30D', 'P5Y', 'PT0.5S', ' P1DT2H ', 'PT0.5H', 'P1W2D', 'PT1H-30M', 'P100Y'])(
    'a duration is right as %j',
    (text) => {
      expect(read(duration, text)?.toMillis()).toBe(Duration.fromISO(text.trim()).toMillis());
    },
  );
  it.each([
    ...['', '15', '15M', 'PT', 'P', 'PT0S', 'P0D', '-PT5M', 'PT-5M', 'P100Y1D', 'P1000Y', 'PT0.0001S'],
    ...['soon', 'pt15m', 'P1D PT1H'],
  ])('a duration is wrong as %j', (text) => {
    expect(read(duration, text)).toBeUndefined();
  });
  it('a duration may be at most a day where somebody waits for it, because a timer set for a month fires at once', () => {
    expect(read(wait, 'P1D')?.toMillis()).toBe(86_400_000);
    expect(read(wait, 'PT24H1S')).toBeUndefined();
  });
});

test('An interval survives being written as a schedule', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 400 * 86_400_000 }), (everyMs) => {
      expect(read(schedule, `every ${Duration.fromMillis(everyMs).toISO()}`)).toEqual({ everyMs });
    }),
  );
});
