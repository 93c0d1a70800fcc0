import { VendorError } from '../clients/errors/vendor-error.ts';
import { beginItems, type WriteRecord } from './checkpoint.ts';

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
  /** How often an item was tried without it being known whether that went through, by its place. */
  readonly doubts: Map<number, number>;
}

/** Thrown when the work was told to stop: what is pending is for whoever comes next. */
export class HandedBack extends Error {
  override readonly name = 'HandedBack';
}

/** Thrown when the vendor is left alone for a while: what is pending is for when that is over. */
export class VendorHeld extends Error {
  override readonly name = 'VendorHeld';
}

/** How the one who is asked is doing, over all batches of this process. */
export interface Weather {
  /** Whether what fails now should not be tried again at once. */
  isStormy(): boolean;
  /** Whether it is to be left alone just now. */
  isHeld(): boolean;
  succeeded(): void;
  /** To be told of each item once: one at which the vendor always fails is no storm. */
  failed(): void;
  /** Leaves a moment after a failure, so that a storm shows before the next request goes into it. */
  settle(): Promise<void>;
}

interface Crew<Outcome> {
  /** How many items are worked on at once. */
  readonly width: number;
  /** How many there were at first, over all attempts; left out, those that are pending now. */
  readonly items?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly weather?: Weather | undefined;
  readonly record?: WriteRecord | undefined;
  /** What concerns everybody though no vendor said so. */
  readonly isGrave?: ((error: unknown) => boolean) | undefined;
  perform(place: number): Promise<Outcome>;
  /** Counts what became of an item in the same tick as the item is done, so that no record has it twice. */
  count?(place: number, outcome: Outcome): void;
  /** As `count`, of an item that failed. */
  fail(place: number, reason: string): void;
}

/** So many vendor failures in a row concern everybody; fewer may be the fault of an item. */
const patience = 3;
/** An item at which the vendor failed so often, while it did others, is the item's own failure. */
const strikesAllowed = 3;

/** Notes that an item was tried and nobody knows how that ended. */
export function doubt({ doubts }: Ledger, place: number): void {
  doubts.set(place, (doubts.get(place) ?? 0) + 1);
}

/** A ledger with everything still to do. */
export function openLedger(items: number): Ledger {
  const places = Array.from({ length: items }, (_, place) => place);
  return { pending: new Set(places), strikes: new Map(), doubts: new Map() };
}

/**
 * Works until nothing is pending.
 *
 * @throws VendorError with remedy `retry-batch` or `stop-run`, HandedBack or VendorHeld; the ledger holds what is left
 */
export async function workThrough<Outcome>(ledger: Ledger, crew: Crew<Outcome>): Promise<void> {
  const { items = ledger.pending.size } = crew;
  const waiting = [...ledger.pending];
  let inARow = 0;
  let done = 0;
  let halt: Error | undefined;
  const begun = beginItems(waiting, crew.width, crew.record, stop);

  function stop(error: unknown): void {
    halt ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Hears of everything that `perform` or `count` threw, and throws on what concerns everybody. */
  async function failed(place: number, error: unknown): Promise<void> {
    // Before it joins the end of the line: another lane may take it from there while this one still waits.
    begun.ended(place);
    // Requests cut off by our own shutdown say nothing about the vendor or the item.
    if (crew.signal?.aborted) doubt(ledger, place);
    if (crew.signal?.aborted) throw new HandedBack('The work was told to stop.');
    if (crew.isGrave?.(error)) throw error;
    if (error instanceof VendorError && error.remedy === 'stop-run') throw error;
    if (error instanceof VendorError && error.remedy === 'retry-batch') return postpone(place, error);
    crew.fail(place, error instanceof Error ? error.message : String(error));
    ended(place);
  }

  function ended(place: number): void {
    inARow = 0;
    crew.weather?.succeeded();
    done += 1;
    ledger.pending.delete(place);
    begun.ended(place);
  }

  async function postpone(place: number, error: VendorError): Promise<void> {
    const busy = error.retryAfterMs !== undefined || error.status === 429;
    // What fails in a storm says nothing about the item.
    const before = ledger.strikes.get(place) ?? 0;
    const strikes = busy || crew.weather?.isStormy() ? before : before + 1;
    ledger.strikes.set(place, strikes);
    if (error.mayHaveGoneThrough) doubt(ledger, place);
    if (strikes >= strikesAllowed && ((done > 0 && inARow === 0) || onlySuspectsLeft())) {
      crew.fail(place, `${error.message} (${strikes} times, while others went through)`);
      ledger.pending.delete(place);
      return;
    }
    inARow += 1;
    if (before === 0) crew.weather?.failed();
    // To the end of the line, also of the next attempt: one bad item must not stand before all others.
    ledger.pending.delete(place);
    ledger.pending.add(place);
    waiting.push(place);
    if (inARow >= patience || busy || crew.weather?.isStormy()) throw error;
    await crew.weather?.settle();
    if (crew.weather?.isStormy()) throw error;
  }

  /** Whether others of the batch were done, and all that are left have failed before. */
  function onlySuspectsLeft(): boolean {
    if (ledger.pending.size === items) return false;
    return [...ledger.pending].every((place) => (ledger.strikes.get(place) ?? 0) >= strikesAllowed - 1);
  }

  async function lane(): Promise<void> {
    while (halt === undefined) {
      if (crew.signal?.aborted && begun.areWaiting())
        return stop(new HandedBack('The work was told to stop.'));
      if (crew.weather?.isHeld() && begun.areWaiting())
        return stop(new VendorHeld('The vendor is left alone for a while.'));
      try {
        const place = begun.next();
        if (place === undefined) return;
        const written = begun.written();
        if (written) await written;
        // Others may have met with trouble meanwhile.
        if (halt !== undefined) return;
        try {
          const outcome = await crew.perform(place);
          crew.count?.(place, outcome);
        } catch (error) {
          await failed(place, error);
          continue;
        }
        ended(place);
      } catch (error) {
        stop(error);
      }
    }
  }

  await Promise.all(Array.from({ length: crew.width }, lane));
  await begun.settled();
  if (halt !== undefined) throw halt;
}
