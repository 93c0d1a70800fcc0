/** Indexes that follow each other: the first of them, and how many they are. */
export type Range = readonly [first: number, count: number];

/** Packs indexes in their order; a batch writes down hundreds of them many times, and most follow each other. */
export function toRanges(indexes: readonly number[]): Range[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && index === last[0] + last[1]) last[1] += 1;
    else ranges.push([index, 1]);
  }
  return ranges;
}

/** The indexes again, in the same order. */
export function fromRanges(ranges: readonly Range[]): number[] {
  return ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, index) => first + index));
}
