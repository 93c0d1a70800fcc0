import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TemporaryFolderError } from '../../src/sorting/nameless-file.ts';
import { createSort, type Order, type Sort } from '../../src/sorting/sort.ts';

type Item = readonly [key: number, came: number, text?: string];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caretaker-test-sort-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const byKey = ([one]: Item, [other]: Item) => one - other;

async function* given(batches: readonly (readonly Item[])[]) {
  yield* batches;
}

async function sorted(sort: Sort, batches: readonly (readonly Item[])[], order: Partial<Order<Item>> = {}) {
  return (await Array.fromAsync(sort(given(batches), { compare: byKey, ...order }))).flat();
}

it('items are put in the order of Array.sort however few of them are held, and as many are handed on as are wanted', async () => {
  const keys = fc.array(fc.array(fc.nat(20), { maxLength: 12 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      keys,
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.nat(40)),
      async (batches, heldAtOnce, atMost) => {
        const items = batches.map((some, batch) =>
          some.map((key, index): Item => [key, batch * 100 + index]),
        );
        const all = items.flat().toSorted(byKey);
        const found = await sorted(
          createSort({ heldAtOnce, folder }),
          items,
          atMost === null ? {} : { atMost },
        );
        expect(found).toEqual(atMost === null ? all : all.slice(0, atMost));
      },
    ),
    { numRuns: 50 },
  );
});

it('items longer than what is read at once, and parts longer than it, come back whole', async () => {
  const texts = [
    'å'.repeat(100_000),
    'line\nbreak',
    ...Array.from({ length: 3_000 }, (_, index) => `${index}-`.repeat(9)),
  ];
  const items = texts.map((text, index): Item => [-index - 1, index, text]);
  const found = await sorted(createSort({ heldAtOnce: 2_000, folder }), [items]);
  expect(found).toEqual(items.toReversed());
});

it('what fits into memory opens no file', async () => {
  const nowhere = join(folder, 'nowhere');
  const held: Item[] = [
    [2, 1],
    [1, 2],
  ];
  expect(await sorted(createSort({ heldAtOnce: 3, folder: nowhere }), [held])).toEqual(held.toReversed());
});

it('what does not fit into memory fails in words where the temporary folder does not take it', async () => {
  const nowhere = join(folder, 'nowhere');
  const failing = sorted(createSort({ heldAtOnce: 2, folder: nowhere }), [
    [
      [2, 1],
      [1, 2],
    ],
  ]);
  await expect(failing).rejects.toThrow(TemporaryFolderError);
  await expect(failing).rejects.toThrow(
    `${nowhere} does not take it: no such file or directory (ENOENT). Mount a folder`,
  );
});

it.each([
  ['ENOSPC', 'no space left on device (ENOSPC). Make room there (a million actions take some 175 MB)'],
  ['EROFS', 'read-only file system (EROFS). Mount a folder there that may be written to'],
  ['EIO', 'I/O error (EIO). Check the folder and its disk'],
])('a temporary folder that answers %s is an error with what to do', (code, text) => {
  const { message } = new TemporaryFolderError('/tmp', Object.assign(new Error('x'), { code }));
  expect(message).toContain(text);
  expect(message).toContain('Then try again.');
});

it('the file has no name from its beginning, so that nothing of it is left whatever happens', async () => {
  const sort = createSort({ heldAtOnce: 10, folder });
  const items = Array.from({ length: 3_000 }, (_, index): Item => [index % 7, index]);
  let looks = 0;
  for await (const some of sort(given([items, items]), { compare: byKey })) {
    looks += some.length > 0 ? 1 : 0;
    expect(await readdir(folder)).toEqual([]);
    if (looks === 2) break;
  }
  expect(looks).toBe(2);
});
