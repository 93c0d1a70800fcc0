import type { Mode } from '../config/config.ts';
import type { UnitInEffect } from '../policies/timed-devices/timeout-unit.ts';
import type { JoinCounts } from '../roster/joining/counts.ts';
import type { Failure, Tally } from './tally.ts';

export type RunStatus = 'completed' | 'held' | 'stopped' | 'skipped' | 'failed';
/** `command` and `console`: a person's hand. */
export type Trigger = 'schedule' | 'queue' | 'command' | 'console';

/** Who a run is and what became of it. */
export interface RunFacts {
  readonly id: string;
  readonly job: string;
  readonly mode: Mode;
  readonly trigger: Trigger;
  readonly requestedBy: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** `running` is only seen in the report of a run still under way. */
  readonly status: RunStatus | 'running';
  /** Why it is not simply completed, or what is worth knowing; with what to do. */
  readonly reason: string | null;
}

/** What a person decided about a held run. */
export interface HoldDecision {
  readonly what: 'approve' | 'reject';
  /** Who it was, as far as that is known. */
  readonly by: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly note: string | null;
}

/** Why a run waited for a person, until when, and what was decided; no decision: none yet, or it expired. */
export interface Hold {
  readonly reason: string;
  /** ISO 8601. */
  readonly until: string;
  readonly decision: HoldDecision | null;
}

/** The report of a run: the same shape on the command line, in the log and as return value of the run. */
export interface Report {
  readonly run: RunFacts;
  /** Why the run was asked for, as whoever asked for it says. */
  readonly reason: string | null;
  /** Null for a run that was never held. */
  readonly hold: Hold | null;
  readonly users: {
    readonly selected: number;
    readonly inspected: number;
    readonly failed: number;
    readonly notReached: number;
    /** Nothing can be due for them yet, as an earlier run saw. */
    readonly notAsked: number;
  };
  readonly actions: Readonly<Tally['actions']>;
  /** Users of whom a part could not be read. */
  readonly unreadable: number;
  readonly kept: Readonly<Record<string, number>>;
  readonly findings: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, number>>;
  /** Actions whose users the vendor had warned already. */
  readonly late: number;
  /** Actions that were expected to be reached only after their deadline. */
  readonly atRisk: number;
  /** Actions that the last run applied and that were planned again as if nothing had been done. */
  readonly ineffective: number;
  /** How often batches were begun, retries and resumed ones included. */
  readonly attempts: number;
  /** Writes that were tried again though an earlier try may have gone through; each is idempotent. */
  readonly repeated: number;
  readonly failures: readonly Failure[];
  readonly roster: { readonly rows: number; readonly rejected: number };
  /** What came of joining the sources of the roster; null where there is nothing to join, and where nobody was counted. */
  readonly join: JoinCounts | null;
  /** By which unit durations of the vendor were read; null for a job that reads none, and for a run that never began. */
  readonly unit: UnitInEffect | null;
}

interface ReportParts extends Partial<Pick<Report, 'reason' | 'hold'>> {
  readonly run: RunFacts;
  readonly vendor: string;
  readonly selected: number;
  readonly tally: Tally;
  readonly roster: Report['roster'];
  /** Left out: nothing at risk, nothing ineffective. */
  readonly forecast?: Pick<Report, 'atRisk' | 'ineffective'>;
  /** Left out: null. */
  readonly join?: JoinCounts | undefined;
  /** Left out: null. */
  readonly unit?: UnitInEffect | undefined;
}

/** Puts a report together. */
export function makeReport({
  run,
  reason = null,
  hold = null,
  vendor,
  selected,
  tally,
  roster,
  forecast = { atRisk: 0, ineffective: 0 },
  join,
  unit,
}: ReportParts): Report {
  const { users, actions, unreadable, kept, findings, requests, late, attempts, repeated, failures } = tally;
  return {
    run,
    reason,
    hold,
    users: { selected, ...users },
    actions,
    unreadable,
    kept,
    findings,
    requests: { [vendor]: requests },
    late,
    ...forecast,
    attempts,
    repeated,
    failures,
    roster,
    join: join ?? null,
    unit: unit ?? null,
  };
}

/** The sums that do not hold, in words; none in a sound report. */
export function imbalances({ users, actions }: Pick<Report, 'users' | 'actions'>): string[] {
  const reached = users.inspected + users.failed + users.notReached + users.notAsked;
  const done = actions.applied + actions.skipped + actions.failed + actions.notReached;
  return [
    ...(users.selected === reached
      ? []
      : [`${users.selected} users were selected, ${reached} are accounted for`]),
    ...(actions.planned === done
      ? []
      : [`${actions.planned} actions were planned, ${done} are accounted for`]),
  ];
}

/** What became of a run, as people are told it: one that waits for a worker has not begun. */
export type Outcome = RunFacts['status'] | 'queued' | 'completed with failures';

/** What became of a run: what completed with failures must not look like a success. */
export function outcomeOf(report: Report): Outcome {
  const { status, startedAt } = report.run;
  if (status === 'running' && startedAt === null) return 'queued';
  return status === 'completed' && hasFailures(report) ? 'completed with failures' : status;
}

/** Whether something of a completed run went wrong. */
export function hasFailures({ users, actions, unreadable, roster }: Report): boolean {
  const wrong = users.failed + users.notReached + actions.failed + unreadable + roster.rejected;
  return wrong > 0;
}
