import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPatience } from '../../src/clients/patience.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const reason = () => new Error('too long');

/** Something that remembers that it was ended. */
function something() {
  const one = { ended: 0, abort: () => {} };
  one.abort = () => {
    one.ended += 1;
  };
  return one;
}

test('what is done in time is left alone, and what is not is ended when its own time is over', () => {
  const patience = openPatience(800, reason);
  const [quick, slow, late] = [something(), something(), something()];
  const place = patience.begin(quick);
  patience.begin(slow);
  vi.advanceTimersByTime(400);
  patience.done(place);
  // It takes the place of the one that is done, and gets its whole time there.
  expect(patience.begin(late)).toBe(place);
  vi.advanceTimersByTime(400);
  expect([quick.ended, slow.ended, late.ended]).toEqual([0, 0, 0]);
  vi.advanceTimersByTime(100);
  expect([quick.ended, slow.ended, late.ended]).toEqual([0, 1, 0]);
  vi.advanceTimersByTime(400);
  expect(late.ended).toBe(1);
  patience.close();
});

test('once closed it ends nothing', () => {
  const patience = openPatience(80, reason);
  const one = something();
  patience.begin(one);
  patience.close();
  vi.advanceTimersByTime(1000);
  expect(one.ended).toBe(0);
});
