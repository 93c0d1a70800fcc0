import { DateTime } from 'luxon';
import * as kind from '../config/kinds/index.ts';
import { setting, type ValuesOf } from '../config/settings/setting.ts';
import { isMoment, type Moment } from '../domain/moment.ts';
import { dueTime, notifyTime } from './due-time.ts';
import { before } from './moment.ts';

/** `REFRESH_TIMED_DEVICES_…` */
export const refreshTimedDevicesSettings = {
  unit: setting(kind.oneOf('minutes', 'hours', 'days'), {
    doc: 'Unit of TimeoutConfAheadNotification. The vendor does not document it. Left out, NOTICE applies to all devices.',
  }),
  notice: setting(kind.duration, {
    doc: 'How long before the time-out the vendor warns the user. It applies where UNIT is not set or TimeoutConfAheadNotification is missing.',
    fallback: 'P7D',
  }),
  margin: setting(kind.duration, {
    doc: 'How long before that warning a device is due. It must cover the longest gap of the schedule and an hour for the run itself.',
    fallback: 'PT36H',
  }),
  activeWithin: setting(kind.duration, {
    doc: 'A device is in use if its last success is not older than this.',
    fallback: 'P14D',
  }),
  maxAge: setting(kind.duration, {
    doc: 'A device created longer ago than this is left to time out.',
    fallback: 'P5Y',
  }),
  states: setting(kind.integers, {
    doc: 'Only devices in one of these states are refreshed. The vendor does not document the numbers. Left out, any state.',
  }),
  rereadAfter: setting(kind.days, {
    doc: 'For how long at most a user of whom no device can be due is not asked again. P1D or less: everybody is asked at every run. It needs UNIT; caretaker doctor says which value helps here.',
    fallback: 'P1D',
  }),
  exclude: setting(kind.patterns, {
    doc: 'Devices whose id, name, type, user agent, title or platform matches are left alone.',
  }),
  excludeGroups: setting(kind.names, {
    doc: 'Groups of the roster whose users are left alone: their devices time out. Upper and lower case are equal. A group that no user is in holds the run.',
  }),
  onlyGroups: setting(kind.names, {
    doc: 'Groups of the roster whose users alone are looked after; EXCLUDE_GROUPS goes first. Left out, everybody is. A group that no user is in holds the run.',
  }),
};

export type RefreshTimedDevicesPolicy = ValuesOf<typeof refreshTimedDevicesSettings>;

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

interface Question {
  readonly device: TimedDeviceFacts;
  readonly policy: RefreshTimedDevicesPolicy;
  readonly now: DateTime;
  readonly nowMs: number;
}

/** A reason to leave a device alone. The first that holds is the one that is reported. */
interface Rule {
  readonly reason: string;
  holds(question: Question): boolean;
  /** The fact that the rule depends on, for people. */
  fact(question: Question): string;
}

const rules = [
  {
    reason: 'not-timed',
    holds: ({ device }) => !isTimed(device),
    fact: ({ device }) => `TimeoutConf is ${device.timeoutConf ?? 'missing'}`,
  },
  {
    reason: 'unreadable-date',
    holds: ({ device }) => hasUnreadableDate(device),
    fact: ({ device }) =>
      unreadableDates(device).length > 0
        ? `${unreadableDates(device).join(', ')} cannot be read`
        : 'all dates can be read',
  },
  {
    reason: 'timed-out',
    holds: ({ device, nowMs }) => isMoment(device.timeout) && device.timeout <= nowMs,
    fact: (question) => `times out ${formatMoment(question.device.timeout, question)}`,
  },
  {
    reason: 'not-due',
    holds: ({ device, policy, nowMs }) => {
      const dueAt = dueTime(device, policy);
      return dueAt === undefined || nowMs < dueAt;
    },
    fact: (question) => {
      const { device, policy } = question;
      return `the vendor warns ${formatMoment(notifyTime(device, policy) ?? 'never', question)}, due ${formatMoment(dueTime(device, policy) ?? 'never', question)}`;
    },
  },
  {
    reason: 'excluded',
    holds: ({ device, policy }) => isExcluded(device, policy),
    fact: ({ policy }) =>
      policy.exclude
        ? `exclude ${policy.exclude.map(({ source }) => source).join(' ')}`
        : 'nothing is excluded',
  },
  {
    reason: 'state-not-allowed',
    holds: ({ device, policy }) =>
      policy.states !== undefined && (device.state === null || !policy.states.includes(device.state)),
    fact: ({ device, policy }) =>
      `state ${device.state ?? 'missing'}, allowed ${policy.states?.join(' ') ?? 'any'}`,
  },
  {
    reason: 'never-used',
    holds: ({ device }) => device.lastOkTime === 'never',
    fact: (question) => `last success ${formatMoment(question.device.lastOkTime, question)}`,
  },
  {
    reason: 'failing',
    holds: ({ device: { lastErrorTime, lastOkTime } }) =>
      isMoment(lastErrorTime) && isMoment(lastOkTime) && lastErrorTime > lastOkTime,
    fact: (question) => `last error ${formatMoment(question.device.lastErrorTime, question)}`,
  },
  {
    reason: 'inactive',
    holds: ({ device, policy, nowMs }) =>
      isMoment(device.lastOkTime) && device.lastOkTime < before(nowMs, policy.activeWithin),
    fact: ({ policy }) => `in use means a success within the last ${policy.activeWithin.toISO()}`,
  },
  {
    reason: 'too-old',
    holds: ({ device, policy, nowMs }) =>
      isMoment(device.createTime) && device.createTime < before(nowMs, policy.maxAge),
    fact: (question) =>
      `created ${formatMoment(question.device.createTime, question)}, maximum age ${question.policy.maxAge.toISO()}`,
  },
] as const satisfies readonly Rule[];

export type KeptReason = (typeof rules)[number]['reason'];

/** What to do with a device: refresh it before the deadline, or keep it as it is, and why. */
export type TimedDeviceDecision =
  | { readonly refresh: true; readonly notifyAtMs: number; readonly late: boolean }
  | { readonly refresh: false; readonly reason: KeptReason };

/** Decides about one device. Due is a device from `margin` before its warning on; refreshed is a due one in real use. */
export function decideTimedDevice(
  device: TimedDeviceFacts,
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): TimedDeviceDecision {
  const question = { device, policy, now, nowMs: now.toMillis() };
  const rule = rules.find(({ holds }) => holds(question));
  if (rule) return { refresh: false, reason: rule.reason };
  const notifyAtMs = notifyTime(device, policy) ?? question.nowMs;
  return { refresh: true, notifyAtMs, late: device.timeoutNotificationSent };
}

/** The decision rule by rule, with the fact each rule looked at, up to the one that decided. */
export function explainTimedDevice(
  device: TimedDeviceFacts,
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): readonly string[] {
  const question = { device, policy, now, nowMs: now.toMillis() };
  const deciding = rules.findIndex(({ holds }) => holds(question));
  return rules
    .slice(0, deciding === -1 ? rules.length : deciding + 1)
    .map((rule, index) => `${rule.reason}? ${index === deciding ? 'yes' : 'no'}: ${rule.fact(question)}`);
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
function hasUnreadableDate({ createTime, lastOkTime, lastErrorTime, timeout }: DeviceDates): boolean {
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

function unreadableDates({ createTime, lastOkTime, lastErrorTime, timeout }: DeviceDates): string[] {
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

function formatMoment(moment: Moment, { now }: Question): string {
  if (!isMoment(moment)) return moment;
  return DateTime.fromMillis(moment, { zone: now.zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
}
