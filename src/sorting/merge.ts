import type { PartReader } from './sorted-parts.ts';

/** How many items are handed on at a time. */
const handedOn = 1000;

/** Items of several sorted parts in one order; of equal ones those of the earlier part come first. */
export async function* mergeParts<T>(
  parts: readonly PartReader<T>[],
  compare: (one: T, other: T) => number,
): AsyncGenerator<readonly T[]> {
  /** The parts by their next item; a few hundred at most, so that a part is soon moved within it. */
  const line: PartReader<T>[] = [];

  function isBefore(one: PartReader<T>, other: PartReader<T>): boolean {
    const difference = compare(one.next(), other.next());
    return difference === 0 ? one.number < other.number : difference < 0;
  }

  function enter(part: PartReader<T>): void {
    let [from, to] = [0, line.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const there = line[middle];
      if (there && isBefore(there, part)) from = middle + 1;
      else to = middle;
    }
    line.splice(from, 0, part);
  }

  for (const part of parts) if (await part.load()) enter(part);
  let some: T[] = [];
  for (let first = line.shift(); first; first = line.shift()) {
    some.push(first.next());
    if (first.skip() || (await first.load())) enter(first);
    if (some.length < handedOn) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
