import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchSizes, cutBlock } from '../../src/runs/batch-sizes.ts';

const items = fc.integer({ min: 0, max: 40_000 });
const most = fc.integer({ min: 1, max: 5_000 });

it('all items are in a batch, none of which is empty or larger than the setting', () => {
  fc.assert(
    fc.property(items, most, (count, limit) => {
      const sizes = [...batchSizes(count, limit)];
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
      expect(sizes.every((size) => size > 0 && size <= limit)).toBe(true);
    }),
  );
});

it('batches are full while there are many items left, and small at the end', () => {
  const sizes = [...batchSizes(20_000, 500)];
  expect(sizes.slice(0, 8)).toEqual([500, 500, 500, 500, 500, 500, 500, 500]);
  expect(sizes[9]).toBeLessThan(500);
  expect(sizes.slice(-20)).toEqual(Array.from({ length: 20 }, () => 50));
});

it('no batch holds much more than a thirty-second of what is left, unless that is less than 50', () => {
  fc.assert(
    fc.property(items, most, (count, limit) => {
      let left = count;
      for (const size of batchSizes(count, limit)) {
        // Within a block it is what was left at its beginning.
        expect(size).toBeLessThanOrEqual(Math.ceil(Math.max(50, (left + limit) / 32)));
        left -= size;
      }
    }),
  );
});

it.each([
  [0, 500, []],
  [1, 500, [1]],
  [50, 500, [50]],
  [51, 500, [26, 25]],
  [7, 3, [3, 3, 1]],
])('%i items in batches of at most %i are cut into %j', (count, limit, expected) => {
  expect([...batchSizes(count, limit)]).toEqual(expected);
});

it('a block that is cut keeps its items in their order, and the sizes that are told', () => {
  const block = Array.from({ length: 500 }, (_, index) => index);
  const batches = cutBlock(block, 3_000);
  expect(batches.flat()).toEqual(block);
  expect(batches.map(({ length }) => length)).toEqual([...batchSizes(3_000, 500)].slice(0, batches.length));
});

it('a block that is not cut is handed on as it is', () => {
  const block = Array.from({ length: 500 }, (_, index) => index);
  expect(cutBlock(block, 100_000)).toEqual([block]);
  expect(cutBlock(block, 100_000)[0]).toBe(block);
});
