import { DateTime, Duration } from 'luxon';
import type { Schedule } from '../kinds/time.ts';
import { nextMoment } from './next-moment.ts';

/**
 * The next times a schedule fires after `from`, in its zone.
 *
 * `every` fires at multiples of the interval since 1970, whenever the first worker was started. What a cron schedule does
 * on the days when the clock is changed is told at `nextMoment`. BullMQ is given the same times.
 */
export function nextTimes(schedule: Schedule, zone: string, from: DateTime, count: number): DateTime[] {
  if ('everyMs' in schedule) {
    const first = Math.floor(from.toMillis() / schedule.everyMs) + 1;
    return Array.from({ length: count }, (_, index) =>
      DateTime.fromMillis((first + index) * schedule.everyMs, { zone }),
    );
  }
  const { pattern } = schedule;
  let at = from.toMillis();
  return Array.from({ length: count }, () => {
    at = nextMoment(pattern, zone, at);
    return DateTime.fromMillis(at, { zone });
  });
}

/** How a schedule is written. */
export function scheduleText(schedule: Schedule): string {
  return 'pattern' in schedule
    ? schedule.pattern
    : `every ${Duration.fromMillis(schedule.everyMs).rescale().toISO()}`;
}
