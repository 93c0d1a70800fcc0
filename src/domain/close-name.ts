import { closest, distance } from 'fastest-levenshtein';

/**
 * The name that somebody who mistyped one may have meant; undefined where none is close.
 *
 * @param slips how many characters may be wrong, however short the name is
 */
export function closeName(typed: string, names: readonly string[], slips = 1): string | undefined {
  if (names.length === 0) return undefined;
  const nearest = closest(typed, names);
  return isClose(typed, nearest, slips) ? nearest : undefined;
}

/** Whether two names differ by so little that one may be a slip for the other: a character in four. */
export function isClose(typed: string, name: string, slips = 1): boolean {
  return distance(typed, name) <= Math.max(slips, typed.length / 4);
}
