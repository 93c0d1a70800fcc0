import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Moment } from '../../domain/moment.ts';
import { anyText, identifier, mostOfOneUser } from '../sizes.ts';

/**
 * Nearly every date that comes, and none that `Date.parse` would read otherwise than ISO 8601 has it: it takes the 30th
 * of February for a day in March. The rest is for luxon, which takes ten times as long.
 */
const commonDate =
  /^[12]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;

/**
 * Reads a .NET date (`2025-09-10T12:24:21.0062894+02:00`). Null, missing, blank and MinValue (`0001-01-01…`) are
 * `never`. A date without an offset is taken as UTC, so that it does not depend on the machine. An unreadable date fails
 * nothing: it is for the policy to leave the device alone.
 */
export function readMoment(value: unknown): Moment {
  if (value === null || value === undefined) return 'never';
  if (typeof value !== 'string') return 'unreadable';
  if (commonDate.test(value)) return Date.parse(value);
  const text = value.trim();
  if (text === '' || text.startsWith('0001-01-01')) return 'never';
  if (!/^\d{4}-\d{2}-\d{2}T\d/.test(text)) return 'unreadable';
  const time = DateTime.fromISO(text, { zone: 'utc', setZone: true });
  return time.isValid ? time.toMillis() : 'unreadable';
}

const moment = z.unknown().optional();
const text = anyText.nullish();
const number = z.number().nullish();

/** Extra keys, `$type` among them, are left out. */
const rawDevice = z.object({
  DeviceId: identifier.regex(/\S/),
  FriendlyName: text,
  State: number,
  DeviceType: text,
  UserAgent: text,
  CreateTime: moment,
  LastOkTime: moment,
  LastErrorTime: moment,
  Timeout: moment,
  TimeoutConf: number,
  TimeoutConfAheadNotification: number,
  TimeoutNotificationSent: z.boolean().nullish(),
  // Nothing is decided by it, so it can spoil nothing.
  EASSyncKeyPrefix: number.catch(null),
  Details: z.object({ Title: text, Platform: text, ServiceName: text }).nullish(),
});

/**
 * The answer of `GET Device`: an array, with or without an id; null or nothing at all is an empty one. A device that is
 * listed twice is one, as it is listed first: it is read, counted and refreshed once.
 */
export const Devices = z
  .array(rawDevice)
  .max(mostOfOneUser)
  .nullable()
  .transform((devices) => withoutRepetitions(devices ?? []).map(readDevice));

function withoutRepetitions<Raw extends { readonly DeviceId: string }>(
  devices: readonly Raw[],
): readonly Raw[] {
  const byId = new Map<string, Raw>();
  for (const device of devices) if (!byId.has(device.DeviceId)) byId.set(device.DeviceId, device);
  return byId.size === devices.length ? devices : [...byId.values()];
}

function readDevice(raw: z.infer<typeof rawDevice>): Device {
  return {
    id: raw.DeviceId,
    friendlyName: raw.FriendlyName ?? null,
    state: raw.State ?? null,
    deviceType: raw.DeviceType ?? null,
    userAgent: raw.UserAgent ?? null,
    createTime: readMoment(raw.CreateTime),
    lastOkTime: readMoment(raw.LastOkTime),
    lastErrorTime: readMoment(raw.LastErrorTime),
    timeout: readMoment(raw.Timeout),
    timeoutConf: raw.TimeoutConf ?? null,
    timeoutConfAheadNotification: raw.TimeoutConfAheadNotification ?? null,
    timeoutNotificationSent: raw.TimeoutNotificationSent ?? false,
    easSyncKeyPrefix: raw.EASSyncKeyPrefix ?? null,
    details: raw.Details
      ? {
          title: raw.Details.Title ?? null,
          platform: raw.Details.Platform ?? null,
          serviceName: raw.Details.ServiceName ?? null,
        }
      : null,
  };
}

/** One device of a user. The answer names no user: keep him beside it. */
export interface Device {
  readonly id: string;
  readonly friendlyName: string | null;
  /** The vendor documents no meaning of the numbers. */
  readonly state: number | null;
  readonly deviceType: string | null;
  readonly userAgent: string | null;
  readonly createTime: Moment;
  readonly lastOkTime: Moment;
  readonly lastErrorTime: Moment;
  /** When a timed device times out. */
  readonly timeout: Moment;
  /** In a unit that the vendor does not document; 0 or null = not timed. */
  readonly timeoutConf: number | null;
  /** In a unit that the vendor does not document. */
  readonly timeoutConfAheadNotification: number | null;
  /** The user has been warned that the device is about to time out. */
  readonly timeoutNotificationSent: boolean;
  /** Of Exchange ActiveSync; the vendor says no more. */
  readonly easSyncKeyPrefix: number | null;
  readonly details: {
    readonly title: string | null;
    readonly platform: string | null;
    readonly serviceName: string | null;
  } | null;
}
