import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPatience } from '../../../src/clients/http/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what began is over when its own time is over, whenever that was', () => {
  const patience = openPatience(800);
  const early = patience.now();
  vi.advanceTimersByTime(400);
  const late = patience.now();
  vi.advanceTimersByTime(400);
  expect([early, late].map(patience.isOver)).toEqual([false, false]);
  vi.advanceTimersByTime(100);
  expect([early, late].map(patience.isOver)).toEqual([true, false]);
  vi.advanceTimersByTime(400);
  expect(patience.isOver(late)).toBe(true);
  patience.close();
});

test('once closed its clock stands still', () => {
  const patience = openPatience(80);
  const beganAt = patience.now();
  patience.close();
  vi.advanceTimersByTime(1000);
  expect(patience.isOver(beganAt)).toBe(false);
});
