import type { DateTime } from 'luxon';
import type { JobConfig, Mode, Verify } from '../../config/config.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { GateLimits } from '../../runs/gate.ts';
import type { RunStatus } from '../../runs/report.ts';
import type { Failure } from '../../runs/tally.ts';

/** What a run knows of itself. Kept in its BullMQ job, so that any worker can go on with it. */
export interface RunState {
  readonly startedAt: string;
  readonly mode: Mode;
  /** The policy as it was written, so that all batches decide alike, whoever works on them. */
  readonly policy: Readonly<Record<string, string>>;
  readonly limits: GateLimits;
  /** Which applied actions are read back. */
  readonly verify: Verify;
  /** How many runs back `usual` looks. */
  readonly history: number;
  readonly batchSize: number;
  readonly phase: 'plan' | 'gate' | 'held' | 'canary' | 'apply' | 'report';
  /** Whether the batches of this phase are all on the vendor's queue. */
  readonly fannedOut: boolean;
  readonly plannedAt: string;
  /** The plan waited for a person: each device is read again before it is written. */
  readonly recheck?: boolean;
  readonly roster: { readonly rows: number; readonly rejected: number };
  /** Rows of the roster that were turned down, the first of them. */
  readonly rejections: readonly Failure[];
  readonly selected: number;
  readonly planned: number;
  /** Users with at least one action. */
  readonly touched: number;
  /** Actions that will be reached only after their deadline, given the budget. */
  readonly atRisk: number;
  /** Actions that the last run applied and that are planned again as if nothing had been done. */
  readonly ineffective: number;
  /** For jobs that plan from the roster alone; for others the batches count it. */
  readonly kept: Readonly<Record<string, number>>;
  /** Fingerprint of the users, where they are read twice. */
  readonly fingerprint?: string;
  /** Its place in its trace, where there is one. */
  readonly trace?: string;
  /** Why a person was asked, until when an answer counts, and what was answered. */
  readonly hold?: { readonly reason: string; readonly until: string; readonly answer?: HoldDecision };
  /** Why the run ends otherwise than completed, or what is worth knowing. */
  readonly ending?: { readonly status: RunStatus; readonly reason: string };
}

/** What a person said to a held run. */
export interface HoldDecision {
  readonly approved: boolean;
  readonly note: string | null;
  readonly at: string;
  /** Who it was, where that is known: the console knows it, the command line does not. */
  readonly by?: string;
}

/** The state of a run that begins now. */
export function beginRun(maintenance: AnyJob, config: JobConfig, mode: Mode, now: DateTime): RunState {
  const at = now.toUTC().toISO() ?? '';
  return {
    startedAt: at,
    mode,
    policy: config.policyTexts,
    limits: limitsOf(config),
    history: config.history,
    verify: config.verify,
    batchSize: config.batchSize,
    // What follows from the roster alone needs no batches to be planned.
    phase: maintenance.plansFrom === 'vendor' ? 'plan' : 'gate',
    fannedOut: false,
    plannedAt: at,
    roster: { rows: 0, rejected: 0 },
    rejections: [],
    selected: 0,
    planned: 0,
    touched: 0,
    atRisk: 0,
    ineffective: 0,
    kept: {},
  };
}

function limitsOf({
  maxActions,
  maxShare,
  growthFactor,
  shrinkFactor,
  maxUnreadable,
  holdOn,
}: JobConfig): GateLimits {
  return { maxActions, maxShare, growthFactor, shrinkFactor, maxUnreadable, holdOn };
}

/** Where writing begins: with the canary, where one is wanted and can be read back. */
export function firstWrites(maintenance: AnyJob, { verify }: Pick<RunState, 'verify'>): 'canary' | 'apply' {
  return verify === 'canary' && maintenance.confirm ? 'canary' : 'apply';
}
