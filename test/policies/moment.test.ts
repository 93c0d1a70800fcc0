import fc from 'fast-check';
import { DateTime, Duration, Settings } from 'luxon';
import { expect, it, onTestFinished } from 'vitest';
import { isMoment } from '../../src/domain/moment.ts';
import { before } from '../../src/policies/moment.ts';

const moments = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) });

it('the moment so long before another goes back by the calendar as luxon does, whatever was asked for before', () => {
  const durations = [
    { months: 1 },
    { years: 1, months: 2 },
    { quarters: 1 },
    { days: 14 },
    { hours: 36 },
    { weeks: 1 },
  ].map((parts) => Duration.fromObject(parts));
  fc.assert(
    fc.property(fc.array(fc.tuple(moments, fc.constantFrom(...durations)), { maxLength: 8 }), (asked) => {
      for (const [atMs, duration] of asked) {
        const expected = DateTime.fromMillis(atMs, { zone: 'utc' }).minus(duration).toMillis();
        expect(before(atMs, duration)).toBe(expected);
      }
    }),
  );
});

it('the months that a duration goes back are those of UTC, whatever the zone of the machine', () => {
  const { defaultZone } = Settings;
  onTestFinished(() => {
    Settings.defaultZone = defaultZone;
  });
  Settings.defaultZone = 'Europe/Stockholm';
  // In Stockholm the clock was changed in between, so that a month there is an hour longer.
  const back = before(Date.UTC(2026, 10, 15, 12), Duration.fromObject({ months: 1 }));
  expect(back).toBe(Date.UTC(2026, 9, 15, 12));
});

it('a date that is missing or unreadable is no moment', () => {
  expect(['never', 'unreadable', 0].map((moment) => isMoment(moment as number | 'never'))).toEqual([
    false,
    false,
    true,
  ]);
});
