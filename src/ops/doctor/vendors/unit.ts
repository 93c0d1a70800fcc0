import { type DateTime, Duration } from 'luxon';
import { VendorError } from '../../../clients/errors/vendor-error.ts';
import type { PointsharpReader } from '../../../clients/pointsharp/client.ts';
import type { Device } from '../../../clients/pointsharp/schema.ts';
import type { Config } from '../../../config/config.ts';
import { jobPrefix } from '../../../config/settings/job.ts';
import { readTexts } from '../../../config/settings/read-group.ts';
import type { User } from '../../../domain/user.ts';
import { isTimed, type TimedDeviceFacts, unreadableDatesOf } from '../../../policies/timed-devices/device.ts';
import { longestWait, outlookOf } from '../../../policies/timed-devices/outlook.ts';
import {
  type RefreshTimedDevicesPolicy,
  refreshTimedDevicesSettings,
} from '../../../policies/timed-devices/settings.ts';
import {
  estimateTimeoutUnit,
  type UnitEstimate,
  unitOf,
} from '../../../policies/timed-devices/timeout-unit.ts';
import { firstUsers } from '../../../runs/refusals.ts';
import { type Line, linesOf } from '../check.ts';

const { ok, warn, fail, notChecked } = linesOf('timed-devices');
const job = 'refresh-timed-devices';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What the unit is checked with. */
export interface UnitCheck {
  readonly config: Config;
  readonly client: PointsharpReader;
  readonly users: readonly User[];
  readonly now: DateTime;
  /** When it fires, no further user is read. */
  readonly deadline: AbortSignal;
  /** Hears what the devices show, once some could be read. */
  readonly onEstimate: (estimate: UnitEstimate) => void;
}

/** Reads the devices of the users one after another, and compares the unit they show with that of the policy. */
export async function checkUnit({
  config,
  client,
  users,
  now,
  deadline,
  onEstimate,
}: UnitCheck): Promise<readonly Line[]> {
  const jobConfig = config.jobs[job];
  if (!jobConfig?.enabled) return [notChecked('unit', `${job} is disabled`)];
  const devices: Device[] = [];
  let read = 0;
  let refused = 0;
  for (const user of users) {
    if (deadline.aborted) break;
    try {
      devices.push(...(await client.listDevices(user)));
      read += 1;
    } catch (error) {
      // What concerns one user says nothing of the others; the vendor's own lines tell the rest.
      if (!(error instanceof VendorError)) break;
      if (error.remedy === 'ask-others') refused += 1;
      else if (error.remedy !== 'fail-user') break;
      if (read === 0 && refused >= firstUsers) break;
    }
  }
  if (read === 0) return [notChecked('unit', 'no devices could be read')];
  const estimate = estimateTimeoutUnit(devices, now.toMillis());
  onEstimate(estimate);
  return [
    unitLine(estimate, unitOf(jobConfig.policy), read),
    datesLine(devices, read, jobConfig.maxUnreadable),
    rereadLine(devices, readTexts(jobPrefix(job), refreshTimedDevicesSettings, jobConfig.policyTexts), now),
  ];
}

/** For how long a user can be left unasked here: no longer than until a new device would be due. */
export function rereadLine(
  devices: readonly TimedDeviceFacts[],
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): Line {
  const { unit, rereadAfter } = policy;
  if (unit === undefined)
    return notChecked('reread', 'without REFRESH_TIMED_DEVICES_UNIT every run asks everybody');
  const { newAfterMs } = outlookOf(devices, policy, now.toMillis());
  if (newAfterMs === undefined)
    return notChecked('reread', 'no timed device that the policy does not exclude');
  const soonest = Duration.fromMillis(Math.floor(newAfterMs / hourMs) * hourMs)
    .rescale()
    .toISO();
  const set = `REFRESH_TIMED_DEVICES_REREAD_AFTER is ${rereadAfter.toISO()}`;
  const found = `the quickest of ${devices.filter(isTimed).length} timed devices is due ${soonest} after its clock starts; ${set}`;
  if (newAfterMs <= dayMs) {
    const told = `${found}; every run has to ask everybody`;
    return longestWait(policy) === undefined
      ? ok('reread', told)
      : warn('reread', told, 'Set REFRESH_TIMED_DEVICES_REREAD_AFTER=P1D: a longer one has no effect here.');
  }
  return ok('reread', `${found}; up to ${soonest} saves requests here`);
}

/**
 * Whether the dates of the timed devices can be read: without them nobody knows what is due.
 *
 * @param maxUnreadable the share of them above which it is a failure
 */
export function datesLine(
  devices: readonly Pick<Device, 'timeoutConf' | 'createTime' | 'lastOkTime' | 'lastErrorTime' | 'timeout'>[],
  users: number,
  maxUnreadable: number,
): Line {
  const timed = devices.filter(isTimed);
  if (timed.length === 0) return notChecked('dates', `no timed device of ${users} users`);
  const unreadable = timed.map(unreadableDatesOf).filter((names) => names.length > 0);
  if (unreadable.length === 0) return ok('dates', `those of ${timed.length} timed devices can be read`);
  const names = [...new Set(unreadable.flat())].join(', ');
  const found = `those of ${unreadable.length} of ${timed.length} timed devices of ${users} users cannot be read (${names})`;
  const remedy =
    'Compare what GET Device gives with ISO 8601: such devices are left alone, and their users count as unreadable (REFRESH_TIMED_DEVICES_MAX_UNREADABLE).';
  return unreadable.length / timed.length > maxUnreadable
    ? fail('dates', found, remedy)
    : warn('dates', found, remedy);
}

/** Compares what the devices show with what the policy says. */
export function unitLine(estimate: UnitEstimate, policy: string | undefined, users: number): Line {
  const { unit, confidence, devices, speaking } = estimate;
  const set = `REFRESH_TIMED_DEVICES_UNIT is ${policy ?? 'not set'}`;
  if (unit === 'unknown') {
    const found = `${devices} timed devices of ${users} users do not show it; ${set}`;
    return policy === undefined && devices > 0
      ? warn('unit', found, unitRemedy(estimate))
      : notChecked('unit', found);
  }
  const found = `${unit}, as ${speaking} of ${devices} timed devices show (confidence ${confidence}); ${set}`;
  if (policy === unit) return ok('unit', found);
  return policy !== undefined && confidence === 'high'
    ? fail('unit', found, unitRemedy(estimate))
    : warn('unit', found, unitRemedy(estimate));
}

/** What to do about a unit that is not set, or set to another than the devices show. */
export function unitRemedy({ unit, confidence }: UnitEstimate): string {
  if (unit === 'unknown') {
    return 'Ask who runs Pointsharp ID, or when it warned a user: set REFRESH_TIMED_DEVICES_UNIT by that, or else REFRESH_TIMED_DEVICES_NOTICE to that time before the time-out.';
  }
  const remedy = `Set REFRESH_TIMED_DEVICES_UNIT=${unit}`;
  return confidence === 'high'
    ? `${remedy}.`
    : `${remedy} after caretaker explain shows the same for a user you know.`;
}
