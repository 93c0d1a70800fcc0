/** Places that follow each other: the first of them, and how many they are. */
export type Span = readonly [first: number, count: number];

/** Packs places in their order; a batch writes down hundreds of them many times, and most follow each other. */
export function toSpans(places: readonly number[]): Span[] {
  const spans: [number, number][] = [];
  for (const place of places) {
    const last = spans.at(-1);
    if (last && place === last[0] + last[1]) last[1] += 1;
    else spans.push([place, 1]);
  }
  return spans;
}

/** The places again, in the same order. */
export function fromSpans(spans: readonly Span[]): number[] {
  return spans.flatMap(([first, count]) => Array.from({ length: count }, (_, index) => first + index));
}
