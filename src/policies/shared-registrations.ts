import { z } from 'zod';
import type { Sort } from '../sorting/sort.ts';
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

/** What one sighting says of one thing. Sorted, those of one thing stand together. */
type Place = readonly [thing: Thing, key: string, associateId: number, index: number];
const aDevice = 0;
const aPushHandle = 1;
/** A number, as millions of them are written and read. */
type Thing = typeof aDevice | typeof aPushHandle;

/** How many associates or registrations a finding names; the rest it counts. */
const mostNamed = 20;

/**
 * Findings that no single associate shows: one device under two associates, one push handle in two registrations.
 * Devices come first, each kind by its key.
 *
 * @param observations sightings that have been through Redis
 * @throws ZodError when one of them is no sighting
 */
export async function* findShared(
  observations: AsyncIterable<readonly (readonly unknown[])[]>,
  sort: Sort,
): AsyncGenerator<Finding> {
  let group: Group | undefined;
  for await (const places of sort(placesOf(observations), { compare: comparePlaces })) {
    for (const place of places) {
      const [thing, key] = place;
      if (group?.thing !== thing || group.key !== key) {
        if (group) yield* sharedIn(group);
        group = { thing, key, associates: [], indexes: [] };
      }
      join(group, place);
    }
  }
  if (group) yield* sharedIn(group);
}

async function* placesOf(
  observations: AsyncIterable<readonly (readonly unknown[])[]>,
): AsyncGenerator<readonly Place[]> {
  for await (const some of observations) {
    yield some.flatMap((observation): Place[] => {
      const [associateId, index, device, handle] = sightingSchema.parse(observation);
      return [
        ...(device ? [[aDevice, device, associateId, 0] as const] : []),
        ...(handle ? [[aPushHandle, handle, associateId, index] as const] : []),
      ];
    });
  }
}

function comparePlaces([thing, key, associate, index]: Place, other: Place): number {
  const [otherThing, otherKey, otherAssociate, otherIndex] = other;
  if (thing !== otherThing) return thing - otherThing;
  if (key !== otherKey) return key < otherKey ? -1 : 1;
  return associate - otherAssociate || index - otherIndex;
}

/** Where one thing was seen, each place once and in order. A default of some app may be seen everywhere, so it is small. */
interface Group {
  readonly thing: Thing;
  readonly key: string;
  readonly associates: number[];
  readonly indexes: number[];
}

function join({ associates, indexes }: Group, [, , associate, index]: Place): void {
  if (associates.at(-1) === associate && indexes.at(-1) === index) return;
  associates.push(associate);
  indexes.push(index);
}

function* sharedIn({ thing, key, associates, indexes }: Group): Generator<Finding> {
  if (associates.length < 2) return;
  const named = associates.slice(0, mostNamed);
  const more = associates.length - named.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  if (thing === aDevice) {
    const detail = `registered by associates ${named.join(', ')}${rest}`;
    yield finding({ ...sharedDevice, subject: `device ${key}`, detail }, [key, ...associates]);
    return;
  }
  const registrations = named.map(
    (associate, at) => `associate ${associate} registration ${(indexes[at] ?? 0) + 1}`,
  );
  const detail = `in ${registrations.join(' and ')}${rest}`;
  yield finding({ ...sharedPushHandle, subject: `push handle #${key}`, detail }, [key]);
}
