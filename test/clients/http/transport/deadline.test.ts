import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDeadline } from '../../../../src/clients/http/transport/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a request is over when its own time is over, whenever it began', () => {
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

test('the clock of the deadlines stands still once they are closed', () => {
  const deadline = openDeadline(80);
  const beganAt = deadline.now();
  deadline.close();
  vi.advanceTimersByTime(1000);
  expect(deadline.isOver(beganAt)).toBe(false);
});
