import { hash } from 'node:crypto';
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
  return ({ username, userStorageName = '' }, line) => {
    const text = textOf(userStorageName, username);
    const digest = digestOf(text);
    if (add(exact, digest, line) !== undefined) return 'duplicate';
    const alike = textOf(fold(userStorageName), fold(username));
    return add(folded, alike === text ? digest : digestOf(alike), line);
  };
}

/** The length keeps storage "a" with user "bc" apart from storage "ab" with user "c". */
function textOf(storage: string, name: string): string {
  return `${storage.length}:${storage}${name}`;
}

function digestOf(text: string): string {
  // One character a byte: a buffer for each user would cost three times as much.
  return hash('sha256', text, 'latin1');
}

function add(seen: Fingerprints, digest: string, line: number): number | undefined {
  return seen.add((uint32(digest, 0) | 1) >>> 0, uint32(digest, 4), line);
}

function uint32(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16);
  return (upper | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
