import { VendorError } from '../clients/errors/vendor-error.ts';
import { createCheckpoint, type WriteRecord } from './checkpoint.ts';
import { doubt, type Ledger } from './ledger.ts';
import { type Comparison, createLateUsers } from './refusals.ts';

/*
 * Works through the items of a batch, a few at once. What concerns one item is handed to `fail` and costs only itself;
 * what concerns everybody is thrown. The ledger says at any moment what is still to do, so that a retry does only that.
 */

/** Thrown when the work was told to stop: what is pending is for whoever comes next. */
export class HandedBack extends Error {
  override readonly name = 'HandedBack';
}

/** Thrown when the vendor is left alone for a while: what is pending is for when that is over. */
export class VendorHeld extends Error {
  override readonly name = 'VendorHeld';
}

/** The circuit breaker before whoever is asked, over all batches of this process. */
export interface CircuitBreaker {
  /** Whether it is not closed: what fails now should not be tried again at once. */
  isTripped(): boolean;
  /** Whether it is open: nobody is to ask just now. */
  isHeld(): boolean;
  succeeded(): void;
  /** To be told of each item once: one at which the vendor always fails says nothing about the others. */
  failed(): void;
  /** Leaves a moment after a failure, so that others may trip it before the next request goes out. */
  waitForTrip(): Promise<void>;
}

interface WorkOptions<Outcome> {
  /** How many items are worked on at once. */
  readonly width: number;
  /** How many there were at first, over all attempts; left out, those that are pending now. */
  readonly items?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly breaker?: CircuitBreaker | undefined;
  readonly record?: WriteRecord | undefined;
  /** Left out: what may concern everybody is taken to do so. */
  readonly comparison?: Comparison | undefined;
  /** Tells users apart; left out, each item is another user. */
  readonly userAt?: ((index: number) => string) | undefined;
  /** What concerns everybody though no vendor said so. */
  readonly isGrave?: ((error: unknown) => boolean) | undefined;
  perform(index: number): Promise<Outcome>;
  /** Counts what became of an item in the same tick as the item is done, so that no record has it twice. */
  count?(index: number, outcome: Outcome): void;
  /** As `count`, of an item that failed. */
  fail(index: number, reason: string): void;
}

/** So many vendor failures in a row concern everybody; fewer may be the fault of an item. */
const failuresInARow = 3;
/** An item at which the vendor failed so often, while it did others, is the item's own failure. */
const strikesAllowed = 3;

const ofSingleUsers = 'Not everybody is answered so: check this user in the roster and on the server.';

/**
 * Works until nothing is pending.
 *
 * @throws VendorError that concerns more than an item, HandedBack or VendorHeld; the ledger holds what is left
 */
export async function workThrough<Outcome>(ledger: Ledger, options: WorkOptions<Outcome>): Promise<void> {
  const { items = ledger.pending.size } = options;
  const waiting = [...ledger.pending];
  const [first] = waiting;
  let inARow = 0;
  let done = 0;
  let stopped: Error | undefined;
  const late = createLateUsers(options.comparison, userOf);
  /** How many of the next items let others go first. */
  let skip = 0;
  const kind = options.comparison?.isInspection ? 'reads' : 'writes';
  const checkpoint = createCheckpoint(waiting, options.width, kind, options.record, stop);

  function stop(error: unknown): void {
    stopped ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Hears of everything that `perform` or `count` threw, and throws on what concerns everybody. */
  async function failed(index: number, error: unknown): Promise<void> {
    // Before it joins the end of the line: another may take it from there while this one still waits.
    checkpoint.ended(index);
    // What is cut off because this work was told to stop says nothing about the vendor or the item.
    if (options.signal?.aborted && error instanceof VendorError && error.status === undefined) {
      if (error.mayHaveGoneThrough) doubt(ledger, index);
      throw new HandedBack('The work was told to stop.');
    }
    if (options.isGrave?.(error)) throw error;
    if (error instanceof VendorError && error.remedy === 'stop-run') throw error;
    if (error instanceof VendorError && error.remedy === 'retry-batch') return postpone(index, error);
    if (error instanceof VendorError && error.remedy === 'ask-others') return compare(index, error);
    options.fail(index, error instanceof Error ? error.message : String(error));
    ended(index);
  }

  function ended(index: number): void {
    inARow = 0;
    options.breaker?.succeeded();
    done += 1;
    ledger.pending.delete(index);
    checkpoint.ended(index);
  }

  /** What was refused says nothing about how the vendor is: the circuit breaker hears nothing of it. */
  function compare(index: number, error: VendorError): void {
    if (error.mayHaveGoneThrough) doubt(ledger, index);
    const concern = late.judge(index, error.operation);
    if (concern === 'everybody') throw error;
    // To the end of the line, also of the next attempt.
    ledger.pending.delete(index);
    if (concern === 'unknown') {
      ledger.pending.add(index);
      // Users who stand together may be refused alike: whoever stands elsewhere shows more.
      if (!options.comparison?.refusals.successes.has(error.operation))
        skip = Math.floor(ledger.pending.size / 3);
      return;
    }
    options.fail(index, `${error.problem} ${ofSingleUsers}`);
  }

  async function postpone(index: number, error: VendorError): Promise<void> {
    const busy = error.retryAfterMs !== undefined || error.status === 429;
    // What fails while the breaker is not closed says nothing about the item.
    const before = ledger.strikes.get(index) ?? 0;
    const isOwn = busy && isBusyForItAlone(index, error);
    const counts = busy ? isOwn : !options.breaker?.isTripped();
    const strikes = counts ? before + 1 : before;
    ledger.strikes.set(index, strikes);
    if (error.mayHaveGoneThrough) doubt(ledger, index);
    if (strikes >= strikesAllowed && (isOwn || (done > 0 && inARow === 0) || onlySuspectsLeft())) {
      options.fail(index, `${error.message} (${strikes} times, while other requests succeeded)`);
      ledger.pending.delete(index);
      return;
    }
    inARow += 1;
    if (before === 0) options.breaker?.failed();
    // To the end of the line, also of the next attempt: one bad item must not stand before all others.
    ledger.pending.delete(index);
    ledger.pending.add(index);
    waiting.push(index);
    if (inARow >= failuresInARow || busy || options.breaker?.isTripped()) throw error;
    await options.breaker?.waitForTrip();
    if (options.breaker?.isTripped()) throw error;
  }

  /** Whether the vendor is too busy for the first item that is asked after a pause, though others went through before. */
  function isBusyForItAlone(index: number, { operation }: VendorError): boolean {
    const isThrottledAlone = options.comparison?.refusals.isThrottledAlone(operation, userOf(index)) ?? false;
    return isThrottledAlone && index === first;
  }

  function userOf(index: number): string {
    return options.userAt?.(index) ?? String(index);
  }

  /** Whether others of the batch were done, and all that are left have failed before. */
  function onlySuspectsLeft(): boolean {
    if (ledger.pending.size === items) return false;
    return [...ledger.pending].every(
      (index) => late.has(index) || (ledger.strikes.get(index) ?? 0) >= strikesAllowed - 1,
    );
  }

  async function workOn(): Promise<void> {
    while (stopped === undefined) {
      if (options.signal?.aborted && checkpoint.areWaiting())
        return stop(new HandedBack('The work was told to stop.'));
      if (options.breaker?.isHeld() && checkpoint.areWaiting())
        return stop(new VendorHeld('The vendor is left alone for a while.'));
      try {
        const index = checkpoint.next();
        if (index === undefined) return;
        if (late.putsOff(index)) {
          checkpoint.ended(index);
          continue;
        }
        if (skip > 0) {
          skip -= 1;
          waiting.push(index);
          checkpoint.ended(index);
          continue;
        }
        const written = checkpoint.written();
        if (written) await written;
        // Others may have met with trouble meanwhile.
        if (stopped !== undefined) return;
        try {
          const outcome = await options.perform(index);
          options.count?.(index, outcome);
        } catch (error) {
          await failed(index, error);
          continue;
        }
        ended(index);
      } catch (error) {
        stop(error);
      }
    }
  }

  const workAll = () => Promise.all(Array.from({ length: options.width }, workOn));
  await workAll();
  const left = stopped === undefined ? late.begin() : [];
  if (left.length > 0) {
    waiting.push(...left);
    await workAll();
  }
  await checkpoint.settled();
  if (stopped !== undefined) throw stopped;
}
