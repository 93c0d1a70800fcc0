import { tmpdir } from 'node:os';
import { mergeParts } from './merge.ts';
import { openSortedParts, type SortedParts } from './sorted-parts.ts';

/** Which items come first, and how many of them are wanted. */
export interface Order<T> {
  /** As for `Array.sort`. Items that it takes for equal keep the order in which they came. */
  readonly compare: (one: T, other: T) => number;
  /** The rest is never read; left out, all are. */
  readonly atMost?: number;
}

/**
 * Puts items in order, some at a time, though they may be more than memory holds. Each is plain JSON.
 *
 * @throws TemporaryFolderError when they have to go to the temporary folder, and it does not take them
 */
export type Sort = <T>(items: AsyncIterable<readonly T[]>, order: Order<T>) => AsyncIterable<readonly T[]>;

interface SortOptions {
  /** More go to a file. So many actions take some 2 MB. */
  readonly heldAtOnce?: number;
  /** Left out, the temporary folder of the system. */
  readonly folder?: string;
}

/** Makes what sorts. Nothing is opened before there is something that does not fit. */
export function createSort({ heldAtOnce = 10_000, folder = tmpdir() }: SortOptions = {}): Sort {
  return async function* sort<T>(
    items: AsyncIterable<readonly T[]>,
    { compare, atMost = Number.POSITIVE_INFINITY }: Order<T>,
  ): AsyncGenerator<readonly T[]> {
    // Few are wanted of many: what comes behind them is forgotten at once.
    const forgets = atMost <= heldAtOnce / 2;
    let held: T[] = [];
    let last: T | undefined;
    let parts: SortedParts<T> | undefined;
    try {
      for await (const some of items) {
        for (const item of some) {
          if (last !== undefined && compare(item, last) >= 0) continue;
          held.push(item);
          if (held.length < heldAtOnce) continue;
          held.sort(compare);
          if (forgets) {
            held = held.slice(0, atMost);
            last = held.at(-1);
            continue;
          }
          parts ??= await openSortedParts<T>(folder);
          await parts.add(held);
          held = [];
        }
      }
      held.sort(compare);
      if (!parts) return yield held.slice(0, atMost);
      await parts.add(held);
      let left = atMost;
      for await (const some of mergeParts(parts.read(), compare)) {
        yield some.slice(0, left);
        left -= some.length;
        if (left <= 0) return;
      }
    } finally {
      await parts?.close();
    }
  };
}
