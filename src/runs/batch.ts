import type { DateTime } from 'luxon';
import type { Action, Observation } from '../jobs/job.ts';
import type { Finding } from '../policies/finding.ts';
import { emptyTally, type Tally } from './tally.ts';
import { type Ledger, openLedger } from './work-through.ts';

/** What a batch hands to its run. */
export interface BatchResult {
  readonly tally: Tally;
  readonly actions?: readonly Action[];
  readonly observations?: readonly Observation[];
  /** Why some of it was not reached. */
  readonly halted?: string;
}

/** A batch under way: what it has found or done so far, and what it still lacks. A retry goes on from here. */
export interface BatchProgress {
  readonly ledger: Ledger;
  readonly tally: Tally;
  /** Places of the items that failed. */
  readonly failed: number[];
  readonly actions: Action[];
  readonly observations: Observation[];
}

/** Where a batch tells what it does, one line per thing worth knowing. */
export interface BatchJournal {
  applied(action: Action): void;
  skipped(action: Action, reason: string): void;
  failed(username: string, subject: string | undefined, reason: string): void;
  found(finding: Finding): void;
  kept(username: string, kept: Readonly<Record<string, number>>): void;
}

/** What a batch works with. */
export interface BatchTools<Client> {
  readonly client: Client;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly now: () => DateTime;
  /** Requests under way at once. */
  readonly width: number;
  readonly journal: BatchJournal;
  readonly signal?: AbortSignal | undefined;
}

/** A batch before its first attempt. */
export function newProgress(items: number): BatchProgress {
  return { ledger: openLedger(items), tally: emptyTally(), failed: [], actions: [], observations: [] };
}

/** Progress as plain JSON, to be kept between two attempts. */
export interface KeptProgress {
  readonly pending: readonly number[];
  readonly strikes: readonly (readonly [number, number])[];
  readonly failed: readonly number[];
  readonly tally: Tally;
  readonly actions: readonly Action[];
  readonly observations: readonly Observation[];
}

/** Packs progress to be kept. */
export function keepProgress({ ledger, ...found }: BatchProgress): KeptProgress {
  return { ...found, pending: [...ledger.pending], strikes: [...ledger.strikes] };
}

/** Unpacks progress that was kept. */
export function resumeProgress({ pending, strikes, ...found }: KeptProgress): BatchProgress {
  return {
    ledger: { pending: new Set(pending), strikes: new Map(strikes) },
    tally: found.tally,
    failed: [...found.failed],
    actions: [...found.actions],
    observations: [...found.observations],
  };
}
