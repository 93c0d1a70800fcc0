import { hash } from 'node:crypto';
import { remembered } from '../domain/remembered.ts';
import type { User } from '../domain/user.ts';
import { createFingerprints, type Fingerprints } from './fingerprints.ts';
import { fold } from './fold.ts';

/**
 * What an earlier row says of a user: that it names the same one, or the line of one that only looks the same; undefined
 * when there is none.
 */
export type Sight = (user: User, line: number) => 'duplicate' | number | undefined;

/** Of so many users look-alikes are found; each user beyond is only compared with them. It bounds what they cost to 13 MB. */
export const mostLookedAt = 700_000;

/**
 * Remembers which users were there already: storage and name, exactly and as people read them. Fingerprints of 63 bits
 * take 11 to 22 bytes a user, where a set of names takes over 100; those of look-alikes take as much and a half again, up to
 * {@link mostLookedAt}. Among a million users, two different ones share a fingerprint with
 * a chance of 1 in 18 million.
 */
export function createSightings(): Sight {
  const exact = createFingerprints();
  const folded = createFingerprints({ most: mostLookedAt, lines: true });
  const storageOf = remembered(
    (storage: string) => ({ exact: digestOf(storage), folded: digestOf(fold(storage)) }),
    (storage) => storage,
  );
  return ({ username, userStorageName = '' }, line) => {
    const storage = storageOf(userStorageName);
    const name = digestOf(username);
    if (add(exact, name, storage.exact, line) !== undefined) return 'duplicate';
    const alike = fold(username);
    return add(folded, alike === username ? name : digestOf(alike), storage.folded, line);
  };
}

function digestOf(text: string): string {
  // One character a byte: a buffer for each user would cost three times as much.
  return hash('sha256', text, 'latin1');
}

/** Of both digests other bytes: a user a in a storage b is not the user b in a storage a. */
const bytesOf = { name: 0, storage: 8 } as const;

function add(seen: Fingerprints, name: string, storage: string, line: number): number | undefined {
  const high = uint32(name, bytesOf.name) ^ uint32(storage, bytesOf.storage);
  const low = uint32(name, bytesOf.name + 4) ^ uint32(storage, bytesOf.storage + 4);
  return seen.add((high | 1) >>> 0, low >>> 0, line);
}

function uint32(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16);
  return (upper | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
