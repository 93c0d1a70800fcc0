import { Duration } from 'luxon';
import type { Mismatch } from '../../config/settings/problem.ts';
import { isMoment } from '../../domain/moment.ts';
import { isExcluded, isTimed, type TimedDeviceFacts, unreadableDatesOf } from './device.ts';
import { dueAfter, dueTime } from './due-time.ts';
import type { RefreshTimedDevicesPolicy } from './settings.ts';

/*
 * Whoever was read need not be asked again before there can be something to do for him. Until when that is follows from
 * what was read: no device becomes due earlier than it says, and none that is added or restarted afterwards becomes due
 * sooner than the quickest device that the site has. Where this does not hold, because somebody shortens the time-outs at
 * the vendor, the longest wait bounds what is missed.
 */

/** What is known of when there can be something to do for a user again. */
export interface Outlook {
  /** Before this moment (epoch milliseconds) nothing that was read becomes due; infinite when it never will. */
  readonly nothingBeforeMs: number;
  /** How soon after its clock starts a device like those of this user is due, in milliseconds; left out: he has none. */
  readonly newAfterMs?: number;
}

/** Everybody is asked at every run where no longer wait is set: a run a day is the default. */
const everyRun = Duration.fromObject({ days: 1 });

/** For how many milliseconds at most a user is not asked again; undefined: everybody is asked at every run. */
export function longestWait({
  rereadAfter,
  unit,
}: Pick<RefreshTimedDevicesPolicy, 'rereadAfter' | 'unit'>): number | undefined {
  return unit === undefined || rereadAfter.toMillis() <= everyRun.toMillis()
    ? undefined
    : rereadAfter.toMillis();
}

/** Whether the policy says what a longer wait needs. */
export function checkWait({ rereadAfter, unit }: RefreshTimedDevicesPolicy): readonly Mismatch[] {
  if (unit !== undefined || rereadAfter.toMillis() <= everyRun.toMillis()) return [];
  return [
    {
      problem: `REREAD_AFTER ${rereadAfter.toISO()} has no effect without UNIT: how soon a new device is due cannot be known`,
      advice: `set UNIT (caretaker doctor says which one the devices show), or REREAD_AFTER to ${everyRun.toISO()}`,
    },
  ];
}

/**
 * What the devices of a user say of when he has to be asked again. A device that is due and left alone for now (out of
 * use, failing, excluded) may be decided about otherwise at any time: its user is asked again at once.
 */
export function outlookOf(
  devices: readonly TimedDeviceFacts[],
  policy: RefreshTimedDevicesPolicy,
  nowMs: number,
): Outlook {
  // An answer without any device may be a vendor's that lost sight of them: it silences nobody.
  let nothingBeforeMs = devices.length === 0 ? nowMs : Number.POSITIVE_INFINITY;
  let newAfterMs = Number.POSITIVE_INFINITY;
  for (const device of devices) {
    if (!isTimed(device)) continue;
    nothingBeforeMs = Math.min(nothingBeforeMs, nothingBefore(device, policy, nowMs));
    // What is excluded may be named otherwise before it is due. One that comes in its place is excluded as it was.
    if (isExcluded(device, policy)) continue;
    newAfterMs = Math.min(newAfterMs, dueAfter(device, policy, nowMs) ?? 0);
  }
  return { nothingBeforeMs, ...(Number.isFinite(newAfterMs) ? { newAfterMs } : {}) };
}

function nothingBefore(device: TimedDeviceFacts, policy: RefreshTimedDevicesPolicy, nowMs: number): number {
  if (unreadableDatesOf(device).length > 0) return nowMs;
  // Only its owner brings it back, and its clock starts anew then.
  if (isMoment(device.timeout) && device.timeout <= nowMs) return Number.POSITIVE_INFINITY;
  return dueTime(device, policy) ?? Number.POSITIVE_INFINITY;
}
