import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromSpans, toSpans } from '../../src/runs/ranges.ts';

it('gives back the same places in the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40)), (places) => {
      expect(fromSpans(toSpans(places))).toEqual(places);
    }),
  );
});

it('packs places that follow each other into one span, and begins anew at every gap', () => {
  expect(toSpans([0, 1, 2, 7, 8, 3])).toEqual([
    [0, 3],
    [7, 2],
    [3, 1],
  ]);
});
