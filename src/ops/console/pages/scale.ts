/** The scale of a chart: where it ends, and how its values are written. */
export interface Scale {
  readonly end: number;
  readonly text: (value: number) => string;
}

/** A scale of numbers that ends at a round one: 1, 2 or 5 with noughts. */
export function scaleOfNumbers(most: number): Scale {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const end = [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? 10 * power;
  // Half of it is written as well, and half a thing is none.
  return { end: Math.max(2, end), text: (value) => compact.format(value) };
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];
const roundLengths = [
  2, 4, 10, 20, 30, 60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400,
].map((seconds) => seconds * 1000);

/** A scale of lengths of time, in milliseconds, that ends at a round one. */
export function scaleOfLengths(most: number): Scale {
  const day = units[0]?.[0] ?? 1;
  const end = roundLengths.find((length) => length >= most) ?? Math.ceil(most / day) * day;
  const [ms, name] = units.find(([unit]) => unit <= end / 2) ?? [1_000, 's'];
  return { end, text: (value) => (value === 0 ? '0' : `${compact.format(value / ms)} ${name}`) };
}
