import { expect, it } from 'vitest';
import { RosterChanged } from '../../src/roster/errors.ts';
import { createMarks, onlyCounted } from '../../src/runs/only-counted.ts';

const batchSize = 1000;
const counted = Array.from({ length: 25 }, (_, index) => `batch ${index}`);

/** A count as it goes on: its fingerprint is all that came, in the length of a real one. */
function startCount() {
  const count = { selected: 0, fingerprint: '' };
  return {
    count,
    add(batch: string) {
      count.selected += batchSize;
      count.fingerprint =
        `${[...batch, ...count.fingerprint].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1e15, 7)}`.padStart(
          20,
          '0',
        );
    },
  };
}

function countAll(batches: readonly string[]) {
  const { count, add } = startCount();
  const { marks, note } = createMarks(batchSize);
  for (const batch of batches) {
    add(batch);
    note(count);
  }
  return { ...count, marks, batchSize };
}

/** Who is passed on of these, and what ends it. */
async function passedOn(
  batches: readonly string[],
  known: Parameters<typeof onlyCounted>[2] = countAll(counted),
) {
  const { count, add } = startCount();
  async function* read() {
    for (const batch of batches) {
      add(batch);
      yield batch;
    }
  }
  const passed: string[] = [];
  try {
    for await (const batch of onlyCounted(read(), count, known)) passed.push(batch);
  } catch (error) {
    return { passed, error };
  }
  return { passed, error: undefined };
}

it('users that were counted are all passed on, in their order', async () => {
  expect(countAll(counted).marks).toHaveLength(2);
  expect(await passedOn(counted)).toEqual({ passed: counted, error: undefined });
});

it.each([
  ['of the first', 0, 0],
  ['just before a mark', 9, 0],
  ['just behind a mark', 10, 10],
  ['in the middle', 15, 10],
  ['of the last', 24, 20],
])(
  'another user in place %s is never passed on, nor who came since the mark before',
  async (_, place, passed) => {
    const { passed: got, error } = await passedOn(counted.with(place, 'somebody else'));
    expect(error).toBeInstanceOf(RosterChanged);
    expect(got).toEqual(counted.slice(0, passed));
  },
);

it.each([
  ['lost its last users', counted.slice(0, 24), 20],
  ['ends at a mark', counted.slice(0, 20), 20],
  ['has no users left', [], 0],
  ['has more users', [...counted, 'more'], 20],
  ['has more users than to the next mark', [...counted, ...counted], 20],
])(
  'a roster that %s ends the reading, and nobody is passed on who was not counted',
  async (_, batches, passed) => {
    const { passed: got, error } = await passedOn(batches);
    expect(error).toBeInstanceOf(RosterChanged);
    expect(got).toEqual(counted.slice(0, passed));
  },
);

it('users that an older version counted, without marks, are compared at their end', async () => {
  const { marks: _, ...old } = countAll(counted);
  expect((await passedOn(counted, old)).passed).toEqual(counted);
  expect((await passedOn(counted.with(24, 'somebody else'), old)).error).toBeInstanceOf(RosterChanged);
});
