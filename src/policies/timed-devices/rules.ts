import { DateTime } from 'luxon';
import { isMoment, type Moment } from '../../domain/moment.ts';
import { before } from '../moment.ts';
import { hasUnreadableDate, isExcluded, isTimed, type TimedDeviceFacts, unreadableDates } from './device.ts';
import { dueTime, notifyTime } from './due-time.ts';
import type { RefreshTimedDevicesPolicy } from './settings.ts';

/** What a rule looks at. */
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

/** In the order in which they are asked. */
export const rules = [
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

function formatMoment(moment: Moment, { now }: Question): string {
  if (!isMoment(moment)) return moment;
  return DateTime.fromMillis(moment, { zone: now.zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
}
