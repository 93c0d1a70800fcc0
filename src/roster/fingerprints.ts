const initialCapacity = 1024;
const maxLoad = 0.75;

/** A set of fingerprints, with the line where each was added if lines are kept. */
export interface Fingerprints {
  /**
   * Adds a fingerprint of two 32-bit halves, of which the first is not zero.
   *
   * @returns the line of the one that is there already, 0 where no lines are kept; undefined when there is none
   */
  add(high: number, low: number, line: number): number | undefined;
}

interface Keeping {
  /** How many are kept; those that come later are only looked up. Left out: all. */
  readonly most?: number;
  /** Left out: no. */
  readonly lines?: true;
}

/** A set of fingerprints in 8 bytes for each slot, 12 with lines; three of eight to three of four slots are taken. */
export function createFingerprints({
  most = Number.POSITIVE_INFINITY,
  lines: keepsLines,
}: Keeping = {}): Fingerprints {
  let upper = new Uint32Array(initialCapacity);
  let lower = new Uint32Array(initialCapacity);
  let lines = keepsLines && new Uint32Array(initialCapacity);
  let size = 0;

  /** Where the fingerprint is, or the empty slot where it belongs. */
  function slotOf(high: number, low: number): number {
    const mask = upper.length - 1;
    let slot = low & mask;
    // Linear probing; zero stands for an empty slot.
    while (upper[slot] !== 0 && !(upper[slot] === high && lower[slot] === low)) slot = (slot + 1) & mask;
    return slot;
  }

  function put(slot: number, high: number, low: number, line: number): void {
    upper[slot] = high;
    lower[slot] = low;
    if (lines) lines[slot] = line;
  }

  function grow(): void {
    const [oldUpper, oldLower, oldLines] = [upper, lower, lines];
    upper = new Uint32Array(oldUpper.length * 2);
    lower = new Uint32Array(oldLower.length * 2);
    lines = oldLines && new Uint32Array(oldLines.length * 2);
    for (let slot = 0; slot < oldUpper.length; slot += 1) {
      const high = oldUpper[slot] ?? 0;
      const low = oldLower[slot] ?? 0;
      if (high !== 0) put(slotOf(high, low), high, low, oldLines?.[slot] ?? 0);
    }
  }

  return {
    add(high, low, line) {
      const slot = slotOf(high, low);
      if (upper[slot] !== 0) return lines?.[slot] ?? 0;
      if (size >= most) return undefined;
      put(slot, high, low, line);
      size += 1;
      if (size > upper.length * maxLoad) grow();
      return undefined;
    },
  };
}
