import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hourMs, packOutlook, shardBitsFor, suits } from '../../../src/queue/outlooks/hours.ts';

it('an outlook is packed into a number that Redis keeps in three bytes, or the user is asked at the next run', () => {
  const hours = fc.integer({ min: 0, max: 500_000 });
  fc.assert(
    fc.property(
      hours,
      fc.integer({ min: -100, max: 3000 }),
      fc.integer({ min: 25, max: 720 }),
      (asked, ahead, wait) => {
        const nothingBeforeMs = (asked + ahead) * hourMs;
        const packed = packOutlook({ askedMs: asked * hourMs, nothingBeforeMs }, asked, wait);
        if (ahead <= 0) expect(packed).toBeUndefined();
        else {
          expect(packed).toBeLessThan(2 ** 23);
          const begins = Math.floor(asked / wait) * wait;
          expect(Math.floor((packed ?? 0) / 2048) + begins).toBe(asked);
          expect(((packed ?? 0) % 2048) + begins).toBe(asked + Math.min(ahead, wait));
        }
      },
    ),
  );
});

it('an answer of before the period, or of a clock that was ahead, is not kept', () => {
  const later = { nothingBeforeMs: 1000 * hourMs };
  expect(packOutlook({ askedMs: 99 * hourMs, ...later }, 100, 100)).toBeUndefined();
  expect(packOutlook({ askedMs: 101 * hourMs, ...later }, 100, 100)).toBeUndefined();
  expect(packOutlook({ askedMs: 100 * hourMs, ...later }, 100, 100)).toBe(100);
});

it.each([
  [0, 0],
  [64, 0],
  [65, 1],
  [1_000_000, 14],
  [1_000_000_000, 16],
])('%i users are divided by %i bits, so that Redis keeps each part packed', (users, bits) => {
  expect(shardBitsFor(users)).toBe(bits);
});

it.each([
  [11, false],
  [12, true],
  [15, true],
  [16, false],
])('a division by %i bits suits 300,000 users: %s', (bits, expected) => {
  expect(suits(bits, 300_000)).toBe(expected);
});
