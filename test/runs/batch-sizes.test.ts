import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchesOf, batchSizeAt, itemsInBatches } from '../../src/runs/batch-sizes.ts';

it.each([
  [500, [100, 100, 500, 500]],
  [100, [100, 100, 100, 100]],
  [7, [7, 7, 7, 7]],
])('twenty batches at the beginning are smaller than the others: with at most %d, %j', (most, expected) => {
  expect([0, 19, 20, 2_000].map((number) => batchSizeAt(number, most))).toEqual(expected);
});

it.each([
  [0, 0],
  [1, 1],
  [100, 1],
  [101, 2],
  [2_000, 20],
  [2_001, 21],
  [2_500, 21],
  [2_501, 22],
  [1_000_000, 20 + 1_996],
])('%d users make %d batches of 500', (items, batches) => {
  expect(batchesOf(items, 500)).toBe(batches);
});

it('batches that are told beforehand are those that are cut, and hold as many', () => {
  fc.assert(
    fc.property(fc.nat({ max: 20_000 }), fc.integer({ min: 1, max: 5_000 }), (items, most) => {
      const cut: number[] = [];
      for (let left = items; left > 0; left -= cut.at(-1) ?? 0)
        cut.push(Math.min(left, batchSizeAt(cut.length, most)));
      expect(batchesOf(items, most)).toBe(cut.length);
      cut.forEach((_, index) => {
        const held = cut.slice(0, index).reduce((sum, size) => sum + size, 0);
        expect(itemsInBatches(index, most)).toBe(held);
      });
    }),
    { numRuns: 50 },
  );
});
