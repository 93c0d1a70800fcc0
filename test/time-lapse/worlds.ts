import type { Setting } from '../../bench/time-lapse/lapse.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** A Monday. */
export const startMs = Date.parse('2026-01-05T00:00:00Z');

/** A world of the given size that begins on a Monday. */
export function setting(users: number, days: number, seed = 7): Setting {
  return { seed, users, startMs, days };
}

/** 03:45 UTC every so many days from the first day on, counted by hand. */
export function ticksEvery(gapDays: number, days: number): number[] {
  const count = Math.ceil(days / gapDays);
  return Array.from({ length: count }, (_, index) => startMs + 3.75 * hourMs + index * gapDays * dayMs);
}
