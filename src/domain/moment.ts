/** A date of a device: epoch milliseconds, none at all, or something that is no date. */
export type Moment = number | 'never' | 'unreadable';

/** A moment in ISO 8601, in UTC with milliseconds; undefined for a number that is no date. */
export function toIso(atMs: number): string | undefined {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Whether it is a date at all. */
export function isMoment(moment: Moment): moment is number {
  return typeof moment === 'number';
}
