import { CronExpressionParser } from 'cron-parser';
import { Duration, IANAZone } from 'luxon';
import { type Kind, parsed } from './kind.ts';

/** Timers of the runtime fire at once when they are set for longer than this, so no duration may exceed it by far. */
const longestDurationMs = Duration.fromObject({ years: 100 }).toMillis();
const longestWaitMs = Duration.fromObject({ days: 1 }).toMillis();

/** An ISO 8601 duration longer than nothing. */
export const duration: Kind<Duration> = {
  expected: 'an ISO 8601 duration such as PT15M, PT36H or P30D',
  schema: parsed((value) => readDuration(value, longestDurationMs)),
};

/** A duration that somebody waits for. */
export const wait: Kind<Duration> = {
  expected: 'an ISO 8601 duration such as PT30S or PT5M, at most P1D',
  schema: parsed((value) => readDuration(value, longestWaitMs)),
};

/** An IANA time zone. */
export const timeZone: Kind<string> = {
  expected: 'an IANA time zone such as UTC or Europe/Stockholm',
  schema: parsed((value) => (IANAZone.isValidZone(value) ? value : undefined)),
};

/** When a job runs by itself: a cron expression, or `every` with a duration. */
export type Schedule = { readonly pattern: string } | { readonly everyMs: number };

/** A cron expression (five or six fields) or `every PT15M`. */
export const schedule: Kind<Schedule> = {
  expected: 'a cron expression such as "15 2 * * *", or "every PT15M"',
  schema: parsed((value) => {
    const every = /^every\s+(\S+)$/i.exec(value)?.[1];
    if (every !== undefined) return readInterval(every);
    return isCron(value) ? { pattern: value } : undefined;
  }),
};

/** A time of day between two clock times in a zone; `from` later than `to` goes over midnight. */
export interface Hours {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
}

/** Hours of the day with their zone. */
export const hours: Kind<Hours> = {
  expected: 'hours with a time zone such as "22:00-05:00 Europe/Stockholm"',
  schema: parsed((value) => {
    const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)\s+(\S+)$/.exec(value);
    const zone = found?.[5];
    if (!found || zone === undefined || !IANAZone.isValidZone(zone)) return;
    const fromMinute = Number(found[1]) * 60 + Number(found[2]);
    const toMinute = Number(found[3]) * 60 + Number(found[4]);
    return fromMinute === toMinute ? undefined : { fromMinute, toMinute, zone };
  }),
};

function readDuration(value: string, longestMs: number): Duration | undefined {
  const result = Duration.fromISO(value);
  const milliseconds = result.isValid ? result.toMillis() : 0;
  return milliseconds >= 1 && milliseconds <= longestMs ? result : undefined;
}

/** The engine counts in milliseconds: an interval of months would not be one of the calendar. */
function readInterval(value: string): Schedule | undefined {
  const interval = readDuration(value, longestDurationMs);
  if (!interval || interval.years || interval.months) return;
  const everyMs = Math.round(interval.toMillis());
  return everyMs >= 1000 ? { everyMs } : undefined;
}

function isCron(value: string): boolean {
  // cron-parser takes fewer fields than five and fills them up; nobody means that.
  if (!/^\S+(\s+\S+){4,5}$/.test(value)) return false;
  // H stands for a time drawn by lot, anew at each look: such a schedule has no next time.
  if (value.replaceAll(/thu/gi, '').includes('H')) return false;
  try {
    CronExpressionParser.parse(value);
    return true;
  } catch {
    return false;
  }
}
