import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromRanges, toRanges } from '../../src/runs/ranges.ts';

it('ranges of places give back the same places in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40)), (places) => {
      expect(fromRanges(toRanges(places))).toEqual(places);
    }),
  );
});

it('places that follow each other are packed into one range, and every gap begins a new one', () => {
  expect(toRanges([0, 1, 2, 7, 8, 3])).toEqual([
    [0, 3],
    [7, 2],
    [3, 1],
  ]);
});
