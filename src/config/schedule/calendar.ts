import { type CronExpression, CronExpressionParser } from 'cron-parser';

export const dayMs = 86_400_000;

/** The fields of a cron expression, as cron-parser reads them. */
export type Fields = CronExpression['fields'];

/**
 * The fields of a cron expression.
 *
 * @throws Error when it is none, which the schema of a schedule refuses
 */
export function readCron(pattern: string): Fields {
  const fields = known.get(pattern) ?? CronExpressionParser.parse(pattern).fields;
  known.set(pattern, fields);
  return fields;
}

/** Each job has one, which is asked again for each of its times. */
const known = new Map<string, Fields>();

/** Whether a cron expression fires on a day, given in days since 1970. */
export function isOnDay(fields: Fields, day: number): boolean {
  const date = new Date(day * dayMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (!isIn(fields.month.values, month + 1)) return false;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return isOnDate(fields, date.getUTCDate(), date.getUTCDay(), lastDay);
}

/** Whether a cron expression fires on a day of a month that has `lastDay` days and is one of its months. */
export function isOnDate(
  { dayOfMonth, dayOfWeek }: Fields,
  day: number,
  weekday: number,
  lastDay: number,
): boolean {
  const byDay = isIn(dayOfMonth.values, day) || (dayOfMonth.hasLastChar && day === lastDay);
  if (dayOfWeek.isWildcard) return byDay;
  const ofThatWeek = dayOfWeek.nthDay <= 0 || Math.ceil(day / 7) === dayOfWeek.nthDay;
  const isLast =
    dayOfWeek.hasLastChar &&
    day > lastDay - 7 &&
    dayOfWeek.values.some((value) => Number.parseInt(String(value), 10) % 7 === weekday);
  const byWeekday = (isIn(dayOfWeek.values, weekday) && ofThatWeek) || isLast;
  return dayOfMonth.isWildcard ? byWeekday : byDay || byWeekday;
}

/** Whether a cron expression fires on the same days of every week, whatever the date. */
export function isEveryWeek({ month, dayOfMonth, dayOfWeek }: Fields): boolean {
  const isOfMonth = dayOfWeek.nthDay > 0 || dayOfWeek.hasLastChar;
  return month.values.length === 12 && dayOfMonth.isWildcard && !isOfMonth;
}

function isIn(values: readonly (number | string)[], value: number): boolean {
  return values.includes(value);
}

/** The first time of day at which a cron expression fires, not before `fromMs` after midnight. */
export function timeOfDay({ hour, minute, second }: Fields, fromMs: number): number | undefined {
  for (const h of hour.values) {
    if ((h + 1) * 3_600_000 <= fromMs) continue;
    for (const m of minute.values) {
      const minuteMs = (h * 60 + m) * 60_000;
      if (minuteMs + 60_000 <= fromMs) continue;
      const s = second.values.find((value) => minuteMs + value * 1000 >= fromMs);
      if (s !== undefined) return minuteMs + s * 1000;
    }
  }
  return undefined;
}

/** Whether it fires in every hour of the day: then it means the hours that pass, not those of the clock. */
export function isAllHours({ hour }: Fields): boolean {
  return hour.values.length === 24;
}
