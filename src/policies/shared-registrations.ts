import { z } from 'zod';
import { type Finding, finding } from './finding.ts';

/** One registration for the look across associates: associate, index in the associate's list, device, hash of the push handle. */
export type RegistrationSighting = readonly [
  associateId: number,
  index: number,
  device: string | null,
  pushHandleHash: string | null,
];

/** Sightings come back from Redis, so each is read anew. */
const sightingSchema = z.tuple([z.number(), z.number(), z.string().nullable(), z.string().nullable()]);

export const sharedDevice = { rule: 'shared-device', severity: 'high' } as const;
export const sharedPushHandle = { rule: 'shared-push-handle', severity: 'high' } as const;

/** The values seen under each key. Nearly all keys have one value only, so a set is made for the others alone. */
interface Sightings<T> {
  readonly first: Map<string, T>;
  readonly several: Map<string, Set<T>>;
}

/**
 * Findings that no single associate shows: one device under two associates, one push handle in two registrations.
 *
 * @param observations sightings that have been through Redis
 * @throws ZodError when one of them is no sighting
 */
export async function* findShared(observations: AsyncIterable<readonly unknown[]>): AsyncGenerator<Finding> {
  const devices: Sightings<number> = { first: new Map(), several: new Map() };
  const handles: Sightings<string> = { first: new Map(), several: new Map() };
  for await (const observation of observations) {
    const [associateId, index, device, handle] = sightingSchema.parse(observation);
    if (device) remember(devices, device, associateId);
    if (handle) remember(handles, handle, `associate ${associateId} registration ${index + 1}`);
  }
  for (const [device, associates] of devices.several) {
    const names = [...associates].sort((one, other) => one - other);
    const detail = `registered by associates ${names.join(', ')}`;
    yield finding({ ...sharedDevice, subject: `device ${device}`, detail }, [device, ...names]);
  }
  for (const [handle, registrations] of handles.several) {
    const names = [...registrations].sort();
    const detail = `in ${names.join(' and ')}`;
    yield finding({ ...sharedPushHandle, subject: `push handle #${handle}`, detail }, [handle]);
  }
}

function remember<T>({ first, several }: Sightings<T>, key: string, value: T): void {
  const known = first.get(key);
  if (known === undefined) first.set(key, value);
  else if (known !== value) several.set(key, (several.get(key) ?? new Set([known])).add(value));
}
