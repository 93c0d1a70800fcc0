import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';

/*
 * Whom a run need not ask: those of whom an earlier run has seen that nothing can be due yet. Moments are whole hours
 * since 1970, rounded so that a user is asked too early rather than too late.
 */

/** What was seen of a user. */
export interface Seen {
  readonly user: User;
  /** When the vendor was asked, epoch milliseconds. */
  readonly askedMs: number;
  /** Before then nothing that was read becomes due, epoch milliseconds; left out: he is asked at the next run. */
  readonly nothingBeforeMs?: number;
  /** How soon after its clock starts a device like those of this user is due, in milliseconds; left out: he has none. */
  readonly newAfterMs?: number;
}

/** What earlier runs have seen. */
export interface Outlooks {
  /** For whom of these users nothing can be due yet: by their positions, until when, in epoch milliseconds. */
  known(users: readonly User[], now: DateTime): Promise<ReadonlyMap<number, number>>;
  /** Takes the place of what was known of these users. */
  remember(seen: readonly Seen[], now: DateTime): Promise<void>;
}

const hourMs = 3_600_000;
/** The packed number has room for the two offsets of the longest wait, 30 days. */
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

/** What `packOutlook` has packed, in hours. */
export function unpackOutlook(
  packed: number,
  period: number,
  waitHours: number,
): { readonly asked: number; readonly nothingBefore: number } {
  const begins = period * waitHours;
  return { asked: begins + Math.floor(packed / places), nothingBefore: begins + (packed % places) };
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
