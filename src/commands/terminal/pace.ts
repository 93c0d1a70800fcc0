import type { DateTime } from 'luxon';
import { length } from '../../domain/quantities.ts';
import type { ItemProgress } from '../../queue/views/run-progress.ts';

/** Says how fast a phase is, and how long the rest of it takes at that. */
export interface Pace {
  /** `9.8/s, 3 min left`; empty before anything is done. */
  text(items: ItemProgress): string;
}

/**
 * Measures a phase from the first look on: what was done before then says nothing of how long it took.
 *
 * @param now the clock of whoever looks
 */
export function createPace(now: () => DateTime): Pace {
  let first: { readonly atMs: number; readonly done: number } | undefined;
  // At the last batch, not at the last look: a rate that sinks between two batches would tell of trouble.
  let latest = { atMs: 0, done: 0 };
  return {
    text({ done, total }) {
      const atMs = now().toMillis();
      first ??= { atMs, done };
      if (done !== latest.done) latest = { atMs, done };
      const seconds = (latest.atMs - first.atMs) / 1000;
      const perSecond = (done - first.done) / seconds;
      if (done <= first.done || seconds <= 0) return '';
      const left = total === undefined ? 0 : total - done;
      return left > 0 ? `${rate(perSecond)}, ${time(left / perSecond)} left` : rate(perSecond);
    },
  };
}

function rate(perSecond: number): string {
  if (perSecond >= 10) return `${Math.round(perSecond)}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`;
}

/** A forecast knows no tenths of a second. */
function time(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 10 ? `${whole} s` : length(whole * 1000);
}
