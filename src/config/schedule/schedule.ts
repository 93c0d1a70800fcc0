import { CronExpressionParser } from 'cron-parser';
import { DateTime, Duration } from 'luxon';
import type { Schedule } from '../kinds/time.ts';

/**
 * The next times a schedule fires after `from`, in its zone.
 *
 * `every` fires at multiples of the interval since 1970, whenever the first worker was started. A cron schedule fires
 * once on the day the clock is put forward (02:30, which is left out, becomes 03:30) and once on the day it is put
 * back (at the first 02:30), as cron-parser has it, which is what BullMQ asks.
 */
export function nextTimes(schedule: Schedule, zone: string, from: DateTime, count: number): DateTime[] {
  if ('everyMs' in schedule) {
    const first = Math.floor(from.toMillis() / schedule.everyMs) + 1;
    return Array.from({ length: count }, (_, index) =>
      DateTime.fromMillis((first + index) * schedule.everyMs, { zone }),
    );
  }
  const expression = CronExpressionParser.parse(schedule.pattern, { tz: zone, currentDate: from.toJSDate() });
  return expression.take(count).map((time) => DateTime.fromMillis(time.getTime(), { zone }));
}

/** How a schedule is written. */
export function scheduleText(schedule: Schedule): string {
  return 'pattern' in schedule
    ? schedule.pattern
    : `every ${Duration.fromMillis(schedule.everyMs).rescale().toISO()}`;
}
