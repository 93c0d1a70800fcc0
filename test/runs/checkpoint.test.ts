import { expect, it } from 'vitest';
import { recordedAtOnce as atOnce, createCheckpoint } from '../../src/runs/checkpoint.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Items that are handed out one by one, with what was written down so far. */
function begin(count: number, width = 1, kind: 'writes' | 'reads' = 'writes') {
  const waiting = range(0, count);
  const records: (readonly number[])[] = [];
  const failures: unknown[] = [];
  const items = createCheckpoint(
    waiting,
    width,
    kind,
    async (begun) => {
      records.push([...begun]);
    },
    (error) => failures.push(error),
  );
  return {
    items,
    waiting,
    records,
    failures,
    async take(many = 1) {
      for (let taken = 0; taken < many; taken += 1) {
        const place = items.next();
        await items.written();
        if (place !== undefined) items.ended(place);
      }
    },
  };
}

it('a record names the item that waits for it and as many more as are recorded at once for each that is worked on', async () => {
  for (const width of [1, 3]) {
    const { records, take } = begin(7 * atOnce, width);
    await take();
    expect(records).toEqual([range(0, 1 + atOnce * width)]);
  }
});

it.each([1, 3])(
  'the next record is begun when fewer than four items for each of %d have not begun, and not before',
  async (width) => {
    const { records, take } = begin(10 * atOnce, width);
    const begun = 1 + (atOnce - 4) * width;
    await take(begun);
    expect(records).toHaveLength(1);
    await take();
    expect(records).toEqual([range(0, 1 + atOnce * width), range(begun, 1 + 2 * atOnce * width)]);
  },
);

it('reads begin before there is a record, which comes when four of those recorded at once have not begun', async () => {
  for (const width of [1, 3]) {
    const { records, take } = begin(10 * atOnce, width, 'reads');
    const begun = (atOnce - 4) * width;
    await take(begun);
    expect(records).toEqual([]);
    await take();
    expect(records).toEqual([range(begun, 2 * atOnce * width)]);
  }
});

it('no record is made of as many reads as one would name', async () => {
  const { records, take } = begin(atOnce, 1, 'reads');
  await take(atOnce);
  expect(records).toEqual([]);
});

it('a record of a batch that goes on names no item that was done before', async () => {
  const records: (readonly number[])[] = [];
  const items = createCheckpoint(
    [5, 7],
    1,
    'writes',
    async (begun) => void records.push([...begun]),
    () => {},
  );
  items.next();
  await items.written();
  expect(records).toEqual([[5, 7]]);
});

it('a record names no item beyond the last one, and after the last one there is none', async () => {
  const { items, records, take } = begin(atOnce + 4);
  await take(atOnce + 4);
  expect(records).toEqual([range(0, atOnce + 1), range(atOnce - 3, atOnce + 4)]);
  expect(items.areWaiting()).toBe(false);
  expect(items.next()).toBeUndefined();
});

it('an item that joins the end of the line is written down before it begins', async () => {
  const { items, waiting, records, take } = begin(3);
  await take(3);
  waiting.push(1);
  expect(items.areWaiting()).toBe(true);
  expect(items.next()).toBe(1);
  await items.written();
  expect(records).toEqual([[0, 1, 2], [1]]);
});

it('without anybody who writes records, items begin at once', () => {
  const items = createCheckpoint([7], 1, 'writes', undefined, () => {});
  expect(items.next()).toBe(7);
  expect(items.written()).toBeUndefined();
});

it('a record that fails while nobody waits for it is told, and ends the wait for the last record', async () => {
  const told: unknown[] = [];
  let records = 0;
  const items = createCheckpoint(
    range(0, 2 * atOnce),
    1,
    'writes',
    async () => {
      records += 1;
      if (records > 1) throw new Error('Redis is full');
    },
    (error) => told.push(error),
  );
  for (const _ of range(0, atOnce - 2)) {
    items.next();
    await items.written();
  }
  await items.settled();
  expect(records).toBe(2);
  expect(new Set(told)).toEqual(new Set([new Error('Redis is full')]));
});
