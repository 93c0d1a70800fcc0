import { Duration, IANAZone } from 'luxon';
import { z } from 'zod';
import { isCron } from './cron.ts';
import { type Kind, trimmed } from './kind.ts';

/** Timers of the runtime fire at once when they are set for longer than this, so no duration may exceed it by far. */
const longestDurationMs = Duration.fromObject({ years: 100 }).toMillis();
const longestWaitMs = Duration.fromObject({ days: 1 }).toMillis();
const longestDaysMs = Duration.fromObject({ days: 30 }).toMillis();

/** An ISO 8601 duration longer than nothing. */
export const duration: Kind<Duration> = {
  expected: 'an ISO 8601 duration such as PT15M, PT36H or P30D',
  schema: durationUpTo(longestDurationMs),
};

/** A duration that somebody waits for. */
export const wait: Kind<Duration> = {
  expected: 'an ISO 8601 duration such as PT30S or PT5M, at most P1D',
  schema: durationUpTo(longestWaitMs),
};

/** How long something may be left unlooked at. */
export const days: Kind<Duration> = {
  expected: 'an ISO 8601 duration such as P1D or P7D, at most P30D',
  schema: durationUpTo(longestDaysMs),
};

const zoneName = z.string().refine((value) => IANAZone.isValidZone(value));

/** An IANA time zone. */
export const timeZone: Kind<string> = {
  expected: 'an IANA time zone such as UTC or Europe/Stockholm',
  schema: trimmed.pipe(zoneName),
};

/** When a job runs by itself: a cron expression, or `every` with a duration. */
export type Schedule = { readonly pattern: string } | { readonly everyMs: number };

const interval = trimmed
  .regex(/^every\s+\S+$/i)
  .transform((value) => value.replace(/^every\s+/i, ''))
  .pipe(duration.schema)
  // BullMQ counts in milliseconds: an interval of months would not be one of the calendar.
  .refine(({ years, months }) => years === 0 && months === 0)
  .transform((every) => ({ everyMs: Math.round(every.toMillis()) }))
  .refine(({ everyMs }) => everyMs >= 1000);

/** A cron expression (five or six fields) or `every PT15M`. */
export const schedule: Kind<Schedule> = {
  expected:
    'a cron expression such as "15 2 * * *" (five fields, or six that begin with the second; ? for days only; no step larger than its field), or "every PT15M"',
  schema: z.union([interval, trimmed.refine(isCron).transform((pattern) => ({ pattern }))]),
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
  schema: trimmed
    .transform((value) => /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)\s+(\S+)$/.exec(value) ?? [])
    .transform(([, fromHour, from, toHour, to, zone]) => ({
      fromMinute: Number(fromHour) * 60 + Number(from),
      toMinute: Number(toHour) * 60 + Number(to),
      zone,
    }))
    .pipe(z.object({ fromMinute: z.int(), toMinute: z.int(), zone: zoneName }))
    .refine(({ fromMinute, toMinute }) => fromMinute !== toMinute),
};

/** Read by luxon, which counts with it later: z.iso.duration() refuses PT0.5H and P1W2D, and takes P0D. */
function durationUpTo(longestMs: number): z.ZodType<Duration, string> {
  return trimmed
    .transform((value) => Duration.fromISO(value))
    .refine((value) => value.isValid && value.toMillis() >= 1 && value.toMillis() <= longestMs);
}
