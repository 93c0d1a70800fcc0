import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOut } from '../../../src/queue/vendors/concurrency.ts';

test('the concurrency of a worker never exceeds the requests in flight, uses more than half of them, and is at most eight', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1024 }), (requestsInFlight) => {
      const { batches, width } = shareOut(requestsInFlight);
      expect(batches).toBeGreaterThanOrEqual(1);
      expect(batches).toBeLessThanOrEqual(8);
      expect(width).toBeGreaterThanOrEqual(1);
      expect(batches * width).toBeLessThanOrEqual(requestsInFlight);
      expect(batches * width).toBeGreaterThan(requestsInFlight / 2);
    }),
    { numRuns: 1024 },
  );
});

test.each([
  [1, { batches: 1, width: 1 }],
  [2, { batches: 2, width: 1 }],
  [8, { batches: 8, width: 1 }],
  [11, { batches: 1, width: 11 }],
  [16, { batches: 8, width: 2 }],
  [64, { batches: 8, width: 8 }],
])('%i requests in flight are shared out so that all of them are used', (requestsInFlight, concurrency) => {
  expect(shareOut(requestsInFlight)).toEqual(concurrency);
});
