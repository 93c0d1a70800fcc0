import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDeadline } from '../../../src/clients/http/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what began is over when its own time is over, whenever that was', () => {
  const deadline = openDeadline(800);
  const early = deadline.now();
  vi.advanceTimersByTime(400);
  const late = deadline.now();
  vi.advanceTimersByTime(400);
  expect([early, late].map(deadline.isOver)).toEqual([false, false]);
  vi.advanceTimersByTime(100);
  expect([early, late].map(deadline.isOver)).toEqual([true, false]);
  vi.advanceTimersByTime(400);
  expect(deadline.isOver(late)).toBe(true);
  deadline.close();
});

test('once closed its clock stands still', () => {
  const deadline = openDeadline(80);
  const beganAt = deadline.now();
  deadline.close();
  vi.advanceTimersByTime(1000);
  expect(deadline.isOver(beganAt)).toBe(false);
});
