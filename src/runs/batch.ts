import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';
import type { Action, Observation } from '../jobs/job.ts';
import type { Finding } from '../policies/finding.ts';
import type { WriteRecord } from './checkpoint.ts';
import { doubt, type Ledger, openLedger } from './ledger.ts';
import { fromRanges, type Range, toRanges } from './ranges.ts';
import type { Comparison } from './refusals.ts';
import { copyTally, emptyTally, type Tally } from './tally.ts';
import type { CircuitBreaker } from './work-through.ts';

/** What a batch hands to its run. */
export interface BatchResult {
  readonly tally: Tally;
  readonly actions?: readonly Action[];
  readonly observations?: readonly Observation[];
  /** Why some of it was not reached. */
  readonly stopped?: string;
}

/** A batch under way: what it has found or done so far, and what it still lacks. A retry goes on from here. */
export interface BatchProgress {
  readonly ledger: Ledger;
  readonly tally: Tally;
  /** Indexes of the items that failed. */
  readonly failed: number[];
  /** Indexes of the actions that were applied. */
  readonly applied: number[];
  readonly actions: Action[];
  readonly observations: Observation[];
  /** Found, and not handed on yet: whoever writes progress down hands them on first. */
  readonly findings: Finding[];
}

/** Where a batch tells what it does, one line per thing worth knowing. */
export interface BatchLog {
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
  readonly batchLog: BatchLog;
  readonly signal?: AbortSignal | undefined;
  readonly breaker?: CircuitBreaker | undefined;
  readonly record?: WriteRecord | undefined;
  readonly comparison: Comparison;
  /** Left out: everybody is asked, and nothing is remembered of it. */
  readonly outlooks?: Outlooks | undefined;
}

/** What was seen of a user. */
export interface Seen {
  readonly user: User;
  /** When the vendor was asked, epoch milliseconds. */
  readonly askedMs: number;
  /** Before then nothing that was read becomes due, epoch milliseconds; left out: he is asked at the next run. */
  readonly nothingBeforeMs?: number;
  /** How soon after its clock starts a device like those of this user is due, in milliseconds; left out: he has none. */
  readonly newAfterMs?: number;
}

/** What earlier runs have seen. */
export interface Outlooks {
  /** For whom of these users nothing can be due yet: by their positions, until when, in epoch milliseconds. */
  known(users: readonly User[], now: DateTime): Promise<ReadonlyMap<number, number>>;
  /** Takes the place of what was known of these users. */
  remember(seen: readonly Seen[], now: DateTime): Promise<void>;
}

/** Tells a user from all others. */
export function userKey({ username, userStorageName = '' }: User): string {
  return `${userStorageName}\n${username}`;
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
    findings: [],
  };
}

/** Progress as plain JSON, to be kept between two attempts. Findings are no part of it: they are handed on before. */
export interface KeptProgress {
  readonly pending: readonly Range[];
  readonly strikes: readonly (readonly [number, number])[];
  readonly doubts: readonly (readonly [number, number])[];
  /** Items under way when this was written down, and the next ones, begun or not: how they ended is not known. */
  readonly begun: readonly Range[];
  readonly failed: readonly Range[];
  readonly applied: readonly Range[];
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
    pending: toRanges([...pending]),
    strikes: [...strikes],
    doubts: [...doubts],
    begun: toRanges(begun),
    failed: toRanges(failed),
    applied: toRanges(applied),
    tally: copyTally(tally),
    actions: [...actions],
    observations: [...observations],
  };
}

/** Unpacks progress that was kept. */
export function resumeProgress(kept: KeptProgress): BatchProgress {
  const ledger = {
    pending: new Set(fromRanges(kept.pending)),
    strikes: new Map(kept.strikes),
    doubts: new Map(kept.doubts),
  };
  for (const index of fromRanges(kept.begun)) doubt(ledger, index);
  return {
    ledger,
    tally: kept.tally,
    failed: fromRanges(kept.failed),
    applied: fromRanges(kept.applied),
    actions: [...kept.actions],
    observations: [...kept.observations],
    findings: [],
  };
}
