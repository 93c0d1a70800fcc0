import type { DateTime } from 'luxon';
import { isMoment, type Moment } from '../domain/moment.ts';
import type { User } from '../domain/user.ts';
import { groupsOf, leftAloneByGroup } from '../policies/groups.ts';
import { type TimedDeviceFacts, unreadableDatesOf } from '../policies/timed-devices/device.ts';
import { checkMargin } from '../policies/timed-devices/margin.ts';
import { checkWait, longestWait, type Outlook, outlookOf } from '../policies/timed-devices/outlook.ts';
import { decideTimedDevice, explainTimedDevice } from '../policies/timed-devices/refresh-timed-devices.ts';
import {
  type RefreshTimedDevicesPolicy,
  refreshTimedDevicesSettings,
} from '../policies/timed-devices/settings.ts';
import { unitOf } from '../policies/timed-devices/timeout-unit.ts';
import { type Action, type MaintenanceJob, wholeUser } from './job.ts';

interface RefreshTimedDevice extends Action {
  readonly timeout: number;
}

/** A device of an older plan is read again before it is refreshed. In milliseconds. */
const freshForMs = 5 * 60_000;

/** Restarts the clock of timed devices in real use, before the vendor warns their users. */
export const refreshTimedDevices = {
  name: 'refresh-timed-devices',
  vendor: 'pointsharp',
  policy: refreshTimedDevicesSettings,
  defaults: { schedule: '45 3 * * *', maxActions: 10_000, maxShare: 0.5 },
  urgency: 1,
  plansFrom: 'vendor',
  check: (policy, gapMs, baselineMs?: number) => [
    ...checkMargin(policy, gapMs, baselineMs),
    ...checkWait(policy),
  ],
  longestWait,

  assumptions({ unit, notice }) {
    if (unit !== undefined) return [];
    return [
      {
        key: 'unit',
        problem: `is not set: that the vendor warns users ${notice.toISO()} before the time-out (NOTICE) is a guess`,
        advice: 'caretaker doctor says which unit your devices show, and what to do when they show none',
      },
    ];
  },

  groups: (policy) => groupsOf(policy),

  unit: (policy) => unitOf(policy) ?? 'assumed',

  async inspect(user, { client, policy, now }) {
    const whole = leftAlone(user, policy);
    if (whole) return { actions: [], kept: { [whole.reason]: 1 } };
    const actions: RefreshTimedDevice[] = [];
    const kept: Record<string, number> = {};
    const unreadable: string[] = [];
    const devices = await client.listDevices(user);
    for (const device of devices) {
      const decision = decideTimedDevice(device, policy, now);
      if (!decision.refresh) {
        kept[decision.reason] = (kept[decision.reason] ?? 0) + 1;
        if (decision.reason === 'unreadable-date')
          unreadable.push(`${device.id} (${unreadableDatesOf(device).join(', ')})`);
        continue;
      }
      actions.push({
        user,
        subject: device.id,
        deadline: decision.notifyAtMs,
        timeout: timeoutOf(device),
        ...(isMoment(device.lastOkTime) ? { lastUsed: device.lastOkTime } : {}),
        ...(decision.late ? { late: true } : {}),
      });
    }
    return {
      actions,
      kept,
      ...outlook(devices, policy, now),
      ...(unreadable.length === 0 ? {} : { unreadable: unreadableText(unreadable) }),
    };
  },

  async apply({ user, subject, timeout }, { client, policy, now, plannedAt, recheck }) {
    if (recheck || now.toMillis() - plannedAt.toMillis() > freshForMs) {
      const device = (await client.listDevices(user, subject)).find(({ id }) => id === subject);
      if (!device) return { status: 'skipped', reason: 'gone' };
      if (timeoutOf(device) !== timeout) return { status: 'skipped', reason: 'changed' };
      // Hours may lie between: what is read again is decided again.
      const whole = leftAlone(user, policy);
      if (whole) return { status: 'skipped', reason: whole.reason };
      const decision = decideTimedDevice(device, policy, now);
      if (!decision.refresh) return { status: 'skipped', reason: decision.reason };
    }
    await client.updateDeviceTime(user, subject);
    return { status: 'applied' };
  },

  async confirm({ user, subject, timeout }, { client }) {
    const device = (await client.listDevices(user, subject)).find(({ id }) => id === subject);
    return device !== undefined && timeoutOf(device) !== timeout;
  },

  async explain(user, { client, policy, now }) {
    const whole = leftAlone(user, policy);
    if (whole) return [{ subject: wholeUser, verdict: `keep: ${whole.reason}`, because: [whole.because] }];
    const devices = await client.listDevices(user);
    return devices.map((device) => {
      const decision = decideTimedDevice(device, policy, now);
      return {
        subject: `device ${device.id}${device.friendlyName ? ` (${device.friendlyName})` : ''}`,
        verdict: decision.refresh ? `refresh${decision.late ? ' (late)' : ''}` : `keep: ${decision.reason}`,
        because: explainTimedDevice(device, policy, now),
      };
    });
  },
} satisfies MaintenanceJob<'pointsharp', typeof refreshTimedDevicesSettings, RefreshTimedDevice>;

/** Why a user is left alone whatever the devices are like, so that the vendor need not be asked. */
function leftAlone({ active, groups }: User, policy: RefreshTimedDevicesPolicy) {
  if (active === false)
    return { reason: 'departed', because: 'the roster says that this user has left' } as const;
  return leftAloneByGroup(groups, policy);
}

/** When these devices can be due again, where that decides about anything. */
function outlook(
  devices: readonly TimedDeviceFacts[],
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): { readonly outlook?: Outlook } {
  return longestWait(policy) === undefined ? {} : { outlook: outlookOf(devices, policy, now.toMillis()) };
}

/** So many devices are named; a user may have a thousand. */
const devicesNamed = 3;

function unreadableText(devices: readonly string[]): string {
  const named = devices.slice(0, devicesNamed).join(', ');
  const more = devices.length > devicesNamed ? ` and ${devices.length - devicesNamed} more` : '';
  return `Dates of timed devices cannot be read: ${named}${more}. They are left alone and may time out: compare the dates that GET Device gives for this user with ISO 8601.`;
}

/** Epoch milliseconds; 0 for none. */
function timeoutOf({ timeout }: { readonly timeout: Moment }): number {
  return isMoment(timeout) ? timeout : 0;
}
