import { type Finding, finding } from './finding.ts';

/** One registration for the look across associates: associate, index in the associate's list, device, hash of the push handle. */
export type RegistrationSighting = readonly [
  associateId: number,
  index: number,
  device: string | null,
  pushHandleHash: string | null,
];

/** The values seen under each key. Nearly all keys have one value only, so a set is made for the others alone. */
interface Sightings<T> {
  readonly first: Map<string, T>;
  readonly several: Map<string, Set<T>>;
}

/** Findings that no single associate shows: one device under two associates, one push handle in two registrations. */
export async function* findShared(sightings: AsyncIterable<RegistrationSighting>): AsyncGenerator<Finding> {
  const devices: Sightings<number> = { first: new Map(), several: new Map() };
  const handles: Sightings<string> = { first: new Map(), several: new Map() };
  for await (const [associateId, index, device, handle] of sightings) {
    if (device) remember(devices, device, associateId);
    if (handle) remember(handles, handle, `associate ${associateId} registration ${index + 1}`);
  }
  for (const [device, associates] of devices.several) {
    const names = [...associates].sort((one, other) => one - other);
    yield finding(
      'shared-device',
      'high',
      `device ${device}`,
      `registered by associates ${names.join(', ')}`,
      [device, ...names],
    );
  }
  for (const [handle, registrations] of handles.several) {
    const names = [...registrations].sort();
    yield finding('shared-push-handle', 'high', `push handle #${handle}`, `in ${names.join(' and ')}`, [
      handle,
    ]);
  }
}

function remember<T>({ first, several }: Sightings<T>, key: string, value: T): void {
  const known = first.get(key);
  if (known === undefined) first.set(key, value);
  else if (known !== value) several.set(key, (several.get(key) ?? new Set([known])).add(value));
}
