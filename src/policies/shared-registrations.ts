import { z } from 'zod';
import { ruled } from './audit-rules.ts';
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
    if (handle) remember(handles, handle, placeOf(associateId, index));
  }
  for (const [device, associates] of devices.several) {
    const names = [...associates].sort((one, other) => one - other);
    const detail = `registered by associates ${names.join(', ')}`;
    const facts = { associates: names, subject: `device ${device}`, detail };
    yield finding({ ...ruled('shared-device'), ...facts }, [device, ...names]);
  }
  for (const [handle, registrations] of handles.several) {
    const places = [...registrations].map(readPlace);
    const names = places.map(([associate, number]) => `associate ${associate} registration ${number}`).sort();
    const associates = [...new Set(places.map(([associate]) => associate))];
    const facts = {
      associates: associates.sort((one, other) => one - other),
      subject: `push handle #${handle}`,
      detail: `in ${names.join(' and ')}`,
    };
    yield finding({ ...ruled('shared-push-handle'), ...facts }, [handle]);
  }
}

/** A registration as a short text: a million of them are kept at once. */
function placeOf(associateId: number, index: number): string {
  return `${associateId} ${index + 1}`;
}

function readPlace(place: string): readonly [associateId: number, number: number] {
  const [associateId = '', number = ''] = place.split(' ');
  return [Number(associateId), Number(number)];
}

function remember<T>({ first, several }: Sightings<T>, key: string, value: T): void {
  const known = first.get(key);
  if (known === undefined) first.set(key, value);
  else if (known !== value) several.set(key, (several.get(key) ?? new Set([known])).add(value));
}
