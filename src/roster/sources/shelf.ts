import type { Roster } from '../roster.ts';

/** A roster that was fetched, with how many read it. */
interface Kept {
  readonly roster: Roster;
  readonly etag: string;
  readers: number;
  isCurrent: boolean;
}

/** Keeps the last roster of each address open, until another one takes its place and nobody reads it any more. */
export interface Shelf {
  etagOf(name: string): string | undefined;
  /** The roster of an address; undefined where it is another one by now. */
  take(name: string, etag: string): Roster | undefined;
  /** Keeps a roster in place of the one before, and hands it out; without an ETag it is handed out only. */
  put(name: string, roster: Roster, etag: string | undefined): Roster;
}

export function createShelf(): Shelf {
  const shelf = new Map<string, Kept>();

  async function closeIfUnused(kept: Kept): Promise<void> {
    if (!kept.isCurrent && kept.readers === 0) await kept.roster.close();
  }

  function handOut(kept: Kept): Roster {
    kept.readers += 1;
    let isOpen = true;
    return {
      ...kept.roster,
      async close() {
        if (!isOpen) return;
        isOpen = false;
        kept.readers -= 1;
        await closeIfUnused(kept);
      },
    };
  }

  return {
    etagOf: (name) => shelf.get(name)?.etag,
    take(name, etag) {
      const kept = shelf.get(name);
      return kept?.etag === etag ? handOut(kept) : undefined;
    },
    put(name, roster, etag) {
      const before = shelf.get(name);
      shelf.delete(name);
      if (before) {
        before.isCurrent = false;
        // Closing tells nothing, and nobody waits for it.
        closeIfUnused(before).catch(() => {});
      }
      if (etag === undefined) return roster;
      const kept = { roster, etag, readers: 0, isCurrent: true };
      shelf.set(name, kept);
      return handOut(kept);
    },
  };
}
