import { VendorError } from '../clients/errors.ts';

/*
 * Works through the items of a batch, a few at once. What concerns one item is handed to `fail` and costs only itself;
 * what concerns everybody is thrown. The ledger says at any moment what is still to do, so that a retry does only that.
 */

/** What a batch still has to do. Plain data, so that it can be kept between two attempts. */
export interface Ledger {
  /** Places of the items that are not done. */
  readonly pending: Set<number>;
  /** How often the vendor failed at an item, by its place. */
  readonly strikes: Map<number, number>;
}

/** Thrown when the work was told to stop: what is pending is for whoever comes next. */
export class HandedBack extends Error {
  override readonly name = 'HandedBack';
}

interface Crew {
  /** How many items are worked on at once. */
  readonly width: number;
  readonly signal?: AbortSignal | undefined;
  perform(place: number): Promise<void>;
  fail(place: number, reason: string): void;
}

/** So many vendor failures in a row concern everybody; fewer may be the fault of an item. */
const patience = 3;
/** An item at which the vendor failed so often, while it did others, is the item's own failure. */
const strikesAllowed = 3;

/** A ledger with everything still to do. */
export function openLedger(items: number): Ledger {
  return { pending: new Set(Array.from({ length: items }, (_, place) => place)), strikes: new Map() };
}

/**
 * Works until nothing is pending.
 *
 * @throws VendorError with remedy `retry-batch` or `stop-run`, and HandedBack; the ledger then holds what is left
 */
export async function workThrough(ledger: Ledger, crew: Crew): Promise<void> {
  const waiting = [...ledger.pending];
  let next = 0;
  let inARow = 0;
  let done = 0;
  let halt: Error | undefined;

  async function attempt(place: number): Promise<void> {
    try {
      await crew.perform(place);
    } catch (error) {
      // Requests cut off by our own shutdown say nothing about the vendor or the item.
      if (crew.signal?.aborted) throw new HandedBack('The work was told to stop.');
      if (error instanceof VendorError && error.remedy === 'stop-run') throw error;
      if (error instanceof VendorError && error.remedy === 'retry-batch') return postpone(place, error);
      crew.fail(place, error instanceof Error ? error.message : String(error));
    }
    inARow = 0;
    done += 1;
    ledger.pending.delete(place);
  }

  function postpone(place: number, error: VendorError): void {
    const strikes = (ledger.strikes.get(place) ?? 0) + 1;
    ledger.strikes.set(place, strikes);
    if (strikes >= strikesAllowed && done > 0 && inARow === 0) {
      crew.fail(place, `${error.message} (${strikes} times, while others went through)`);
      ledger.pending.delete(place);
      return;
    }
    inARow += 1;
    // To the end of the line, also of the next attempt: one bad item must not stand before all others.
    ledger.pending.delete(place);
    ledger.pending.add(place);
    waiting.push(place);
    if (inARow >= patience || error.retryAfterMs !== undefined || error.status === 429) throw error;
  }

  async function lane(): Promise<void> {
    while (halt === undefined && next < waiting.length) {
      if (crew.signal?.aborted) {
        halt = new HandedBack('The work was told to stop.');
        return;
      }
      const place = waiting[next];
      next += 1;
      if (place === undefined) return;
      try {
        await attempt(place);
      } catch (error) {
        halt ??= error instanceof Error ? error : new Error(String(error));
      }
    }
  }

  await Promise.all(Array.from({ length: crew.width }, lane));
  if (halt !== undefined) throw halt;
}
