import { hash } from 'node:crypto';
import type { User } from '../domain/user.ts';

const initialCapacity = 1024;
const maxLoad = 0.75;

/**
 * Remembers which users were there already, by a 63-bit fingerprint each: 11 to 22 bytes per user (a third more while
 * it grows), where a set of names takes over 100. Among a million users, two different ones share a fingerprint with a
 * chance of 1 in 18 million.
 *
 * @returns A function that tells whether it meets this user (storage and name, exactly) for the first time.
 */
export function firstSight(): (user: User) => boolean {
  let upper = new Uint32Array(initialCapacity);
  let lower = new Uint32Array(initialCapacity);
  let size = 0;

  function add(high: number, low: number): boolean {
    const mask = upper.length - 1;
    let slot = low & mask;
    // Linear probing; zero stands for an empty slot.
    while (upper[slot] !== 0) {
      if (upper[slot] === high && lower[slot] === low) return false;
      slot = (slot + 1) & mask;
    }
    upper[slot] = high;
    lower[slot] = low;
    return true;
  }

  function grow(): void {
    const [oldUpper, oldLower] = [upper, lower];
    upper = new Uint32Array(oldUpper.length * 2);
    lower = new Uint32Array(oldLower.length * 2);
    for (let slot = 0; slot < oldUpper.length; slot += 1) {
      const high = oldUpper[slot] ?? 0;
      if (high !== 0) add(high, oldLower[slot] ?? 0);
    }
  }

  return ({ username, userStorageName = '' }) => {
    // The length keeps storage "a" with user "bc" apart from storage "ab" with user "c".
    const text = `${userStorageName.length}:${userStorageName}${username}`;
    // One character a byte: a buffer for each user would cost three times as much.
    const digest = hash('sha256', text, 'latin1');
    if (!add((uint32(digest, 0) | 1) >>> 0, uint32(digest, 4))) return false;
    size += 1;
    if (size > upper.length * maxLoad) grow();
    return true;
  };
}

function uint32(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16);
  return (upper | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
