/*
 * Guided self-scheduling: large batches cost little for each item, and small ones at the end make all who work on them end
 * at about the same time, also where there are few items in all. Batches are cut out of blocks, as full ones of the
 * setting, so that whoever compares the blocks with an earlier reading need not know how they are cut.
 */

/** A batch holds at most so much of what is left: several workers have something to do until nearly the end. */
const shareOfWhatIsLeft = 1 / 32;
/** Smaller ones cost more than they even out. */
const leastItems = 50;

/** Sizes of the batches that a block is cut into. */
function cutSizes(block: number, left: number): number[] {
  const wanted = Math.max(leastItems, left * shareOfWhatIsLeft);
  const batches = Math.ceil(block / wanted);
  const size = Math.ceil(block / batches);
  return Array.from({ length: batches }, (_, index) => Math.min(size, block - index * size)).filter(
    (items) => items > 0,
  );
}

/**
 * Cuts a block into batches.
 *
 * @param left how many items of the phase are not in a batch yet, those of the block among them
 */
export function cutBlock<Item>(block: readonly Item[], left: number): readonly (readonly Item[])[] {
  const batches: (readonly Item[])[] = [];
  let start = 0;
  for (const size of cutSizes(block.length, left)) {
    batches.push(size === block.length ? block : block.slice(start, start + size));
    start += size;
  }
  return batches;
}

/** The sizes of all batches that so many items make, in their order. `most` is what the setting says of a batch. */
export function* batchSizes(items: number, most: number): Generator<number> {
  for (let left = items; left > 0; left -= most) yield* cutSizes(Math.min(most, left), left);
}
