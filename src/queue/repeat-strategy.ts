import type { RepeatOptions } from 'bullmq';
import { nextMoment } from '../config/schedule/next-moment.ts';

/**
 * When BullMQ ticks next, for `settings.repeatStrategy`: the same times that people are shown. Without it, BullMQ asks
 * cron-parser and takes no answer for "never again" (6.7.0, `defaultRepeatStrategy`).
 *
 * Every queue and worker of runs needs it: the one that takes a tick sets the next.
 */
export function repeatStrategy(
  millis: number,
  { pattern, tz, startDate }: RepeatOptions,
): number | undefined {
  if (pattern === undefined) return undefined;
  const startMs = startDate === undefined ? millis : new Date(startDate).getTime();
  return nextMoment(pattern, tz ?? 'UTC', Math.max(millis, startMs));
}
