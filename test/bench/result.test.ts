import { expect, test } from 'vitest';
import { keeps } from '../../bench/result.ts';

test.each([
  [{ value: 0.85, atLeast: 0.85 }, true],
  [{ value: 0.849, atLeast: 0.85 }, false],
  [{ value: 1.3, atMost: 1.3 }, true],
  [{ value: 1.31, atMost: 1.3 }, false],
  [{ value: 1, atLeast: 1, atMost: 1 }, true],
  [{ value: 12 }, true],
  [{ value: Number.NaN, atLeast: 0 }, false],
  [{ value: Number.NaN, atMost: 1 }, false],
])('a benchmark says whether %j keeps its budget: %s', (check, isKept) => {
  expect(keeps({ what: 'a figure', ...check })).toBe(isKept);
});
