import { z } from 'zod';
import { anyText, handle, identifier, mostOfOneUser } from '../sizes.ts';

/** The properties of the answer, as the vendor names them. */
export const registrationFields = [
  'DeviceName',
  'DeviceIdentifier',
  'PocketVersion',
  'Language',
  'PNSHandle',
  'Platform',
  'OSVersion',
  'TimeZoneId',
] as const;

/** A property that `$select` can name. */
export type RegistrationField = (typeof registrationFields)[number];

/** One device that is registered for the push messages of an associate. The answer names neither him nor a date. */
export interface Registration {
  readonly deviceName: string | null;
  readonly deviceIdentifier: string | null;
  /** Of Pocket CRM (to 9.1.6) or Mobile CRM (from 10.0.1). */
  readonly pocketVersion: string | null;
  readonly language: string | null;
  /** Stands for the push handle, which works like a secret and never leaves the client; null when there is none. */
  readonly pushHandleHash: string | null;
  /** `Apple`, `Google` (Android), `Microsoft` …, or whatever comes; a number becomes its decimal text. */
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly timeZoneId: number | null;
}

const text = anyText.nullish();

const registration = z.object({
  DeviceName: text,
  DeviceIdentifier: identifier.nullish(),
  PocketVersion: text,
  Language: text,
  PNSHandle: handle.nullish(),
  Platform: z.union([anyText, z.number()]).nullish(),
  OSVersion: text,
  TimeZoneId: z.number().nullish(),
});

/**
 * The answer of `GetRegisteredDevices`; every property may be null, extra ones are left out, and null or nothing at all is
 * an empty list. It holds push handles.
 */
export const RegisteredDevices = z
  .array(registration)
  .max(mostOfOneUser)
  .nullable()
  .transform((devices) => devices ?? []);

/** Turns one device of the answer into ours; `hash` stands in for the push handle. */
export function registrationOf(
  raw: z.output<typeof registration>,
  hash: (handle: string) => string,
): Registration {
  return {
    deviceName: raw.DeviceName ?? null,
    deviceIdentifier: raw.DeviceIdentifier ?? null,
    pocketVersion: raw.PocketVersion ?? null,
    language: raw.Language ?? null,
    pushHandleHash: raw.PNSHandle ? hash(raw.PNSHandle) : null,
    platform: raw.Platform === null || raw.Platform === undefined ? null : String(raw.Platform),
    osVersion: raw.OSVersion ?? null,
    timeZoneId: raw.TimeZoneId ?? null,
  };
}
