import type { DateTime } from 'luxon';
import type { Action, Observation } from '../jobs/job.ts';
import type { Finding } from '../policies/finding.ts';
import type { WriteRecord } from './checkpoint.ts';
import { fromSpans, type Span, toSpans } from './ranges.ts';
import { copyTally, emptyTally, type Tally } from './tally.ts';
import { doubt, type Ledger, openLedger, type Weather } from './work-through.ts';

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
  /** Places of the actions that were applied. */
  readonly applied: number[];
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
  readonly weather?: Weather | undefined;
  readonly record?: WriteRecord | undefined;
}

/** A batch before its first attempt. */
export function newProgress(items: number): BatchProgress {
  return {
    ledger: openLedger(items),
    tally: emptyTally(),
    failed: [],
    applied: [],
    actions: [],
    observations: [],
  };
}

/** Progress as plain JSON, to be kept between two attempts. */
export interface KeptProgress {
  readonly pending: readonly Span[];
  readonly strikes: readonly (readonly [number, number])[];
  readonly doubts: readonly (readonly [number, number])[];
  /** Items under way when this was written down, and the next ones, begun or not: how they ended is not known. */
  readonly begun: readonly Span[];
  readonly failed: readonly Span[];
  readonly applied: readonly Span[];
  readonly tally: Tally;
  readonly actions: readonly Action[];
  readonly observations: readonly Observation[];
}

/** Packs progress to be kept as it is now: BullMQ makes a text of it only when others have gone on. */
export function keepProgress(
  { ledger, failed, applied, tally, actions, observations }: BatchProgress,
  begun: readonly number[] = [],
): KeptProgress {
  const { pending, strikes, doubts } = ledger;
  return {
    pending: toSpans([...pending]),
    strikes: [...strikes],
    doubts: [...doubts],
    begun: toSpans(begun),
    failed: toSpans(failed),
    applied: toSpans(applied),
    tally: copyTally(tally),
    actions: [...actions],
    observations: [...observations],
  };
}

/** Unpacks progress that was kept. */
export function resumeProgress(kept: KeptProgress): BatchProgress {
  const ledger = {
    pending: new Set(fromSpans(kept.pending)),
    strikes: new Map(kept.strikes),
    doubts: new Map(kept.doubts),
  };
  for (const place of fromSpans(kept.begun)) doubt(ledger, place);
  return {
    ledger,
    tally: kept.tally,
    failed: fromSpans(kept.failed),
    applied: fromSpans(kept.applied),
    actions: [...kept.actions],
    observations: [...kept.observations],
  };
}
