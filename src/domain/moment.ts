/** A date of a device: epoch milliseconds, none at all, or something that is no date. */
export type Moment = number | 'never' | 'unreadable';

/** Whether it is a date at all. */
export function isMoment(moment: Moment): moment is number {
  return typeof moment === 'number';
}
