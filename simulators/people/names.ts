import { mix, shareOf } from './random.ts';

/*
 * The names of a world. Every name ends its last run of digits with the index of its user, so that the index is read
 * back from the name without a table, and no two users share a name.
 */

const firstNames = [
  'kari',
  'ola',
  'anna',
  'erik',
  'ingrid',
  'lars',
  'maria',
  'nils',
  'sofie',
  'johan',
  'astrid',
  'per',
];
const lastNames = [
  'nordmann',
  'hansen',
  'johansson',
  'berg',
  'lindqvist',
  'dahl',
  'nilsen',
  'strand',
  'holm',
  'moen',
];

/** What breaks clients that build a query by hand, split a CSV line at commas or decode twice. */
const awkwardShapes: readonly ((index: number) => string)[] = [
  (index) => `o'neil${index}+test@ex.com`,
  (index) => `åsa öberg ${index}`,
  (index) => `a&b#c ${index}`,
  (index) => `50% ${index}`,
  (index) => `slash/user ${index}`,
  (index) => `equals=what?${index}`,
  (index) => `rate%2Bplus ${index}`,
  (index) => `öberg, åsa ${index}`,
  (index) => `say "hi" ${index}`,
  (index) => `CORP\\user${index}`,
  (index) => `semi;colon:${index}`,
  (index) => `two+two+${index}`,
  (index) => `A\u030Ake ${index}`,
  (index) => `山田🦊${index}`,
];

const awkwardShare = 0.12;
const nameQuestion = 1;

/** The name of user `index` in the world of `seed`. */
export function nameOf(seed: number, index: number): string {
  const hash = mix(seed, index, nameQuestion);
  const shape = shareOf(hash) < awkwardShare ? awkwardShapes[(hash >>> 4) % awkwardShapes.length] : undefined;
  if (shape !== undefined) return shape(index);
  return `${firstNames[(hash >>> 3) % firstNames.length]}.${lastNames[(hash >>> 11) % lastNames.length]}.${index}`;
}

/** The index in the last run of digits of a name; -1 without one. Whether the name is right is for `nameOf` to say. */
export function indexIn(name: string): number {
  let end = name.length;
  while (end > 0 && !isDigit(name.charCodeAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && isDigit(name.charCodeAt(start - 1))) start -= 1;
  if (start === end || end - start > 9) return -1;
  return Number(name.slice(start, end));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
