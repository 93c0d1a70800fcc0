import { expect, test } from 'vitest';
import { clockTrouble, isApart, mostApartMs } from '../../src/domain/clocks.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const hourMs = 3_600_000;

test.each([
  [0, false],
  [mostApartMs, false],
  [-mostApartMs, false],
  [mostApartMs + 1, true],
  [-mostApartMs - 1, true],
])('a clock %i ms ahead is too far from ours: %s', (aheadMs, is) => {
  expect(isApart(aheadMs)).toBe(is);
  expect(clockTrouble(now, [{ name: 'Redis', aheadMs }]) !== undefined).toBe(is);
});

test.each([
  ['ours alone', hourMs, hourMs + 1000, 'Set the clock of this host by NTP: the others agree.'],
  ['that of Redis alone', hourMs, 0, 'Set the clock of Redis by NTP: the others agree.'],
  ['that of the vendor alone', 0, -hourMs, 'Set the clock of pointsharp by NTP: the others agree.'],
  ['all three', hourMs, -hourMs, /of this host, Redis and pointsharp by the same NTP server: no two/],
])('the wrong one of three clocks is named: %s', (_, redis, vendor, advice) => {
  const found = clockTrouble(now, [
    { name: 'Redis', aheadMs: redis },
    { name: 'pointsharp', aheadMs: vendor },
  ]);
  expect(found?.advice).toMatch(advice);
});

test('nobody knows which of two clocks is wrong, so both are named', () => {
  expect(clockTrouble(now, [{ name: 'Redis', aheadMs: hourMs }])).toEqual({
    problem:
      'The clocks differ by more than 5 minutes: the clock of this host says 2026-03-10T12:00:00Z, that of Redis says 2026-03-10T13:00:00Z.',
    advice: 'Set the clocks of this host and of Redis by the same NTP server.',
  });
});

test('where nobody else is asked, there is no trouble', () => {
  expect(clockTrouble(now, [])).toBeUndefined();
});
