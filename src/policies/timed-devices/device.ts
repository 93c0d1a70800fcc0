import type { Moment } from '../../domain/moment.ts';
import type { RefreshTimedDevicesPolicy } from './settings.ts';

/** What the decision needs to know of a device. */
export interface TimedDeviceFacts {
  readonly id: string;
  readonly friendlyName: string | null;
  readonly deviceType: string | null;
  readonly userAgent: string | null;
  readonly details: { readonly title: string | null; readonly platform: string | null } | null;
  readonly state: number | null;
  readonly createTime: Moment;
  readonly lastOkTime: Moment;
  readonly lastErrorTime: Moment;
  readonly timeout: Moment;
  readonly timeoutConf: number | null;
  readonly timeoutConfAheadNotification: number | null;
  readonly timeoutNotificationSent: boolean;
}

/** Whether the policy leaves a device alone because of how it is called. */
export function isExcluded(device: TimedDeviceFacts, { exclude }: RefreshTimedDevicesPolicy): boolean {
  return exclude?.some((pattern) => namesOf(device).some((name) => pattern.isIn(name))) ?? false;
}

/** All that people or the device itself call it. */
function namesOf({ id, friendlyName, deviceType, userAgent, details }: TimedDeviceFacts): string[] {
  const { title = null, platform = null } = details ?? {};
  return [id, friendlyName, deviceType, userAgent, title, platform].filter((name) => name !== null);
}

/** Whether a date cannot be read that the decision needs. */
export function hasUnreadableDate({ createTime, lastOkTime, lastErrorTime, timeout }: DeviceDates): boolean {
  return (
    createTime === 'unreadable' ||
    lastOkTime === 'unreadable' ||
    lastErrorTime === 'unreadable' ||
    timeout === 'unreadable'
  );
}

/** What the dates of a timed device are. */
type DeviceDates = Pick<TimedDeviceFacts, 'createTime' | 'lastOkTime' | 'lastErrorTime' | 'timeout'>;

/** The dates of a device that the decision needs and that cannot be read, as the vendor names them; none of an untimed one. */
export function unreadableDatesOf(device: DeviceDates & Pick<TimedDeviceFacts, 'timeoutConf'>): string[] {
  return isTimed(device) ? unreadableDates(device) : [];
}

/** Whether a device times out at all. */
export function isTimed({ timeoutConf }: Pick<TimedDeviceFacts, 'timeoutConf'>): boolean {
  return (timeoutConf ?? 0) > 0;
}

/** The same, whether it is timed or not. */
export function unreadableDates({ createTime, lastOkTime, lastErrorTime, timeout }: DeviceDates): string[] {
  const dates = {
    CreateTime: createTime,
    LastOkTime: lastOkTime,
    LastErrorTime: lastErrorTime,
    Timeout: timeout,
  };
  return Object.entries(dates)
    .filter(([, moment]) => moment === 'unreadable')
    .map(([name]) => name);
}
