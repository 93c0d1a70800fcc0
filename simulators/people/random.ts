/*
 * Numbers that look random and are always the same: everything in a simulated world follows from its seed number.
 * `mix` answers a question about one thing without a state (what is window 2 of person 17?); a `Random` tells a longer story.
 */

/** Hashes three integers into an unsigned 32-bit number (the finalizer of MurmurHash3 over a weak combination). */
export function mix(seed: number, subject: number, question: number): number {
  let h = (seed ^ Math.imul(subject + 1, 0x9e3779b1) ^ Math.imul(question + 1, 0x85ebca77)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ Math.imul(subject, 0x27d4eb2f), 0x165667b1);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A share between 0 and 1 (exclusive) from `mix`. */
export function shareOf(hash: number): number {
  return hash / 0x1_0000_0000;
}

/** The state of a small generator (mulberry32). */
export interface Random {
  state: number;
}

export function createRandom(seed: number, subject: number, question: number): Random {
  return { state: mix(seed, subject, question) };
}

/** The next number in [0, 1). */
export function next(random: Random): number {
  random.state = (random.state + 0x6d2b79f5) | 0;
  let t = Math.imul(random.state ^ (random.state >>> 15), 1 | random.state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return shareOf((t ^ (t >>> 14)) >>> 0);
}

/** An integer in [low, high]. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(next(random) * (high - low + 1));
}

export function chance(random: Random, share: number): boolean {
  return next(random) < share;
}

export function pick<T>(random: Random, items: readonly [T, ...T[]]): T {
  const item = items[Math.floor(next(random) * items.length)];
  // Not `??`: null is an item like any other.
  return item === undefined ? items[0] : item;
}
