import { expect, test, vi } from 'vitest';
import { createClock } from '../../simulators/clock.ts';

test('a frozen clock of the simulators stands still until it is moved', () => {
  const clock = createClock(1000, true);
  expect(clock.now()).toBe(1000);
  clock.advance(500);
  expect(clock.now()).toBe(1500);
  clock.set(9000);
  expect(clock.now()).toBe(9000);
});

test('a running clock of the simulators goes on from where it was set', async () => {
  const clock = createClock(1000);
  clock.set(5_000_000);
  await vi.waitUntil(() => clock.now() > 5_000_000);
  clock.freeze(true);
  const shown = clock.now();
  expect(clock.isFrozen()).toBe(true);
  clock.freeze(false);
  await vi.waitUntil(() => clock.now() > shown);
});

test('a clock of the simulators does not go back', () => {
  const clock = createClock(1000, true);
  expect(() => clock.set(999)).toThrow(/cannot go back.*reset/);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(() => clock.set(Number.NaN)).toThrow(RangeError);
  expect(clock.now()).toBe(1000);
});

test('a reset clock shows its start and runs or stands as it did then', () => {
  const clock = createClock(1000, true);
  clock.advance(50);
  clock.freeze(false);
  clock.reset();
  expect([clock.now(), clock.isFrozen()]).toEqual([1000, true]);
});
