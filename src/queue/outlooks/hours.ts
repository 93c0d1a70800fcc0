import type { Seen } from '../../runs/batch.ts';

/*
 * How an outlook is kept. Moments are whole hours since 1970, rounded so that a user is asked too early rather than too late.
 */

export const hourMs = 3_600_000;
/** The packed number has room for two offsets of up to 60 days; the scripts take it apart. */
const places = 2048;

/** The hour of a moment, the earlier one. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / hourMs);
}

/**
 * Records lie in periods as long as the longest wait: whoever was asked in one is asked again before the end of the next,
 * so that what is older can go.
 */
export function periodOf(hour: number, waitHours: number): number {
  return Math.floor(hour / waitHours);
}

/**
 * Packs when a user was asked and before when nothing is due into one small number, as offsets from the beginning of the
 * period. Undefined for a user who is to be asked at the next run.
 */
export function packOutlook(
  { askedMs, nothingBeforeMs = askedMs }: Pick<Seen, 'askedMs' | 'nothingBeforeMs'>,
  nowHour: number,
  waitHours: number,
): number | undefined {
  const begins = periodOf(nowHour, waitHours) * waitHours;
  const asked = hourOf(askedMs) - begins;
  const nothingBefore = Math.min(hourOf(nothingBeforeMs) - begins, asked + waitHours);
  if (asked < 0 || hourOf(askedMs) > nowHour || nothingBefore + begins <= nowHour) return undefined;
  return asked * places + nothingBefore;
}

/** How many users lie in one record of Redis, about: so few that it keeps them packed. */
const usersInShard = 64;
const mostBits = 16;

/** Into how many parts (a power of two, its exponent) so many users are divided. */
export function shardBitsFor(users: number): number {
  return Math.min(mostBits, Math.max(0, Math.ceil(Math.log2(Math.max(1, users) / usersInShard))));
}

/** Whether a division still suits so many users: to divide anew forgets everything. */
export function suits(bits: number, users: number): boolean {
  const best = shardBitsFor(users);
  return bits >= best - 1 && bits <= best + 2;
}
