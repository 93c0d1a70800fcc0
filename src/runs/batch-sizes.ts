/*
 * Batches that are large enough to cost little for each of a million users would be too few to share out a small roster,
 * and to show how far it is: the first ones are smaller.
 */

/** So many batches have at most so many items. */
const first = { batches: 20, items: 100 };

/**
 * How many items a batch holds, unless it is the last one.
 *
 * @param number of the batch within its phase, from 0
 * @param most what the setting says of all batches
 */
export function batchSizeAt(number: number, most: number): number {
  return number < first.batches ? Math.min(first.items, most) : most;
}

/** How many items so many batches hold that are all full. */
export function itemsInBatches(batches: number, most: number): number {
  const small = Math.min(batches, first.batches);
  return small * batchSizeAt(0, most) + (batches - small) * most;
}

/** How many batches so many items make. */
export function batchesOf(items: number, most: number): number {
  const beyond = items - itemsInBatches(first.batches, most);
  return beyond <= 0 ? Math.ceil(items / batchSizeAt(0, most)) : first.batches + Math.ceil(beyond / most);
}

/** Gathers items into batches. */
export interface Filling<Item> {
  /** Gives a batch back as soon as it is full. */
  add(item: Item): readonly Item[] | undefined;
  /** The last batch, which may be empty. */
  rest(): readonly Item[];
}

/** Begins with the first batch of a phase. */
export function fillBatches<Item>(most: number): Filling<Item> {
  let batch: Item[] = [];
  let full = 0;
  return {
    add(item) {
      batch.push(item);
      if (batch.length < batchSizeAt(full, most)) return undefined;
      const filled = batch;
      batch = [];
      full += 1;
      return filled;
    },
    rest: () => batch,
  };
}
