import { expect, it } from 'vitest';
import { remembered } from '../../src/domain/remembered.ts';

function counting(keyOf: (thing: string) => string = (thing) => thing) {
  let reads = 0;
  const read = remembered((thing: string) => {
    reads += 1;
    return { thing };
  }, keyOf);
  return { read, reads: () => reads };
}

it('what comes again is worked out once', () => {
  const { read, reads } = counting();
  expect(read('a')).toBe(read('a'));
  expect(reads()).toBe(1);
});

it('that nothing follows is remembered as well', () => {
  let reads = 0;
  const read = remembered(
    () => {
      reads += 1;
      return undefined;
    },
    (thing: string) => thing,
  );
  expect([read('a'), read('a')]).toEqual([undefined, undefined]);
  expect(reads).toBe(1);
});

it('things with another key are worked out by themselves', () => {
  const { read, reads } = counting((thing) => thing.slice(0, 1));
  expect([read('a1'), read('a2'), read('b1')]).toEqual([{ thing: 'a1' }, { thing: 'a1' }, { thing: 'b1' }]);
  expect(reads()).toBe(2);
});

it('what has a long key is not kept in memory', () => {
  const { read, reads } = counting();
  const long = 'x'.repeat(10_000);
  expect(read(long)).toEqual(read(long));
  expect(reads()).toBe(2);
});

it('no more than a thousand things are kept in memory', () => {
  const { read, reads } = counting();
  for (let round = 0; round < 2; round += 1)
    for (let thing = 0; thing <= 1_000; thing += 1) read(String(thing));
  expect(reads()).toBeGreaterThan(1_001);
});
