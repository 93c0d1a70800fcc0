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

/** So many parts, by the first bits of a fingerprint. */
const partBits = 6;
const firstSlots = 32;
const maxLoad = 0.75;

/**
 * A set of fingerprints in 8 bytes for each slot, 12 with lines; three of eight to three of four slots are taken. It grows a
 * part at a time: the copy of a whole set of a million would take half as much memory again, which the system does not
 * get back.
 */
export function createFingerprints({ most = Number.POSITIVE_INFINITY, lines }: Keeping = {}): Fingerprints {
  const words = lines ? 3 : 2;
  const parts = Array.from({ length: 2 ** partBits }, () => ({
    table: new Uint32Array(firstSlots * words),
    mask: firstSlots - 1,
    size: 0,
  }));
  let size = 0;

  /** Where the fingerprint is, or the empty slot where it belongs. */
  function placeOf(table: Uint32Array, mask: number, high: number, low: number): number {
    let slot = low & mask;
    // Linear probing; zero stands for an empty slot.
    for (;;) {
      const at = slot * words;
      const there = table[at];
      if (there === 0 || (there === high && table[at + 1] === low)) return at;
      slot = (slot + 1) & mask;
    }
  }

  function grow(part: (typeof parts)[number]): void {
    const { table: old } = part;
    const table = new Uint32Array(old.length * 2);
    const mask = part.mask * 2 + 1;
    for (let from = 0; from < old.length; from += words) {
      const high = old[from] ?? 0;
      if (high === 0) continue;
      const at = placeOf(table, mask, high, old[from + 1] ?? 0);
      for (let word = 0; word < words; word += 1) table[at + word] = old[from + word] ?? 0;
    }
    part.table = table;
    part.mask = mask;
    // At once: the garbage collector would leave it until there is twice as much.
    old.buffer.transfer(0);
  }

  return {
    add(high, low, line) {
      const part = parts[high >>> (32 - partBits)];
      if (!part) return undefined;
      const { table, mask } = part;
      const at = placeOf(table, mask, high, low);
      if (table[at] !== 0) return lines ? table[at + 2] : 0;
      if (size >= most) return undefined;
      table[at] = high;
      table[at + 1] = low;
      if (lines) table[at + 2] = line;
      size += 1;
      part.size += 1;
      if (part.size > mask * maxLoad) grow(part);
      return undefined;
    },
  };
}
