import { DateTime } from 'luxon';

/** A moment as people read it, to the minute, in their zone: `2026-11-28 02:15`. A text that is no date stays what it is. */
export function minuteIn(zone: string, at: string | number): string {
  const time = momentIn(zone, at);
  return time.isValid ? time.toFormat('yyyy-MM-dd HH:mm') : String(at);
}

/** The same for a table, where the year would take the room of what matters: `11-28 02:15` within half a year of `now`. */
export function shortMinuteIn(zone: string, at: string | number, now: DateTime): string {
  const time = momentIn(zone, at);
  if (!time.isValid) return String(at);
  const isNear = Math.abs(time.diff(now).as('days')) < 180;
  return isNear ? time.toFormat('MM-dd HH:mm') : minuteIn(zone, at);
}

/** The same for a sentence, which has to say whose clock it is: `2026-11-28 02:15 Europe/Oslo`. */
export function timeIn(zone: string, at: string | number): string {
  return momentIn(zone, at).isValid ? `${minuteIn(zone, at)} ${zone}` : String(at);
}

/** A moment from ISO 8601 or epoch milliseconds, in this zone. */
export function momentIn(zone: string, at: string | number): DateTime {
  return typeof at === 'number' ? DateTime.fromMillis(at, { zone }) : DateTime.fromISO(at, { zone });
}
