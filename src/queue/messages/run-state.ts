import { randomBytes } from 'node:crypto';
import type { DateTime } from 'luxon';
import { z } from 'zod';
import type { JobConfig, Mode as ModeName, Verify } from '../../config/config.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { type GateLimits, limitNames } from '../../runs/gate.ts';
import { KeptJoin } from './join.ts';
import { parseRecord } from './parse.ts';
import { Counts, KeptFailure } from './tally.ts';
import { Mode, RunStatus } from './vocabulary.ts';

const Count = z.int().min(0);

/**
 * What the states and batches of a run mean. It is raised with each change by which two versions of the program would
 * decide differently: another shape, another variable of a policy, another default. A version leaves runs of another
 * format alone.
 */
export const runFormat = 1;

/** What a person decided about a held run, as it is kept in Redis; `answer` in the state of the run. */
const HoldDecision = z.object({
  approved: z.boolean(),
  note: z.string().nullable(),
  at: z.string(),
  /** Who it was, where that is known: the console knows it, the command line does not. */
  by: z.string().exactOptional(),
});
export type HoldDecision = Readonly<z.infer<typeof HoldDecision>>;

/** What a run knows of itself. Kept in its record, so that any worker can go on with it, and nobody else. */
export const RunState = z.object({
  /** The format of the version that began it; the first versions did not say. */
  format: Count.default(0),
  /** What its batches are sealed with: only who reads the record can add one. */
  seal: z.string().min(32),
  startedAt: z.string(),
  mode: Mode,
  /** The policy as it was written, so that all batches decide alike, whoever works on them. */
  policy: z.record(z.string(), z.string()),
  limits: z.object({
    maxActions: z.number(),
    maxShare: z.number(),
    growthFactor: z.number(),
    shrinkFactor: z.number(),
    maxUnreadable: z.number(),
    holdOn: z.array(z.enum(limitNames)).readonly(),
  }) satisfies z.ZodType<GateLimits>,
  /** Which applied actions are read back. */
  verify: z.enum(['canary', 'all', 'none']) satisfies z.ZodType<Verify>,
  /** How many runs back the baseline looks. */
  history: Count,
  batchSize: z.int().positive(),
  phase: z.enum(['plan', 'gate', 'held', 'canary', 'apply', 'report']),
  /** Whether the batches of this phase are all on the vendor's queue. */
  fannedOut: z.boolean(),
  plannedAt: z.string(),
  /** The plan waited for a person: each device is read again before it is written. */
  recheck: z.boolean().exactOptional(),
  roster: z.object({ rows: Count, rejected: Count }),
  /** Rows of the roster that were turned down, the first of them. */
  rejections: z.array(KeptFailure).readonly(),
  selected: Count,
  planned: Count,
  /** Users with at least one action. */
  touched: Count,
  /** Actions that will be reached only after their deadline, given the budget. */
  atRisk: Count,
  /** Actions that the last run applied and that are planned again as if nothing had been done. */
  ineffective: Count,
  /** For jobs that plan from the roster alone; for others the batches count it. */
  kept: Counts,
  /** Address of the vendor that the run is for; runs of older versions have none. */
  address: z.string().exactOptional(),
  /** Fingerprint of the users, where they are read twice. */
  fingerprint: z.string().exactOptional(),
  /** The first of that fingerprint, as it was every some thousand users; runs of older versions have none. */
  marks: z.array(z.string()).readonly().exactOptional(),
  /** What each source of the roster gave; left out where it is a file. */
  sources: z
    .array(z.object({ name: z.string(), users: Count, fingerprint: z.string() }))
    .readonly()
    .exactOptional(),
  /** What came of joining them; left out where nothing is joined. */
  join: KeptJoin.readonly().exactOptional(),
  /** When the file of the roster was written. */
  writtenAt: z.string().exactOptional(),
  /** What its span in its trace is filled by, where there is one. */
  trace: z.string().exactOptional(),
  /** Why a person was asked, until when a decision counts, and what was decided. */
  hold: z
    .object({ reason: z.string(), until: z.string(), answer: HoldDecision.exactOptional() })
    .readonly()
    .exactOptional(),
  /** Why the run ends otherwise than completed, or what is worth knowing. */
  ending: z.object({ status: RunStatus, reason: z.string() }).readonly().exactOptional(),
});
export type RunState = Readonly<z.infer<typeof RunState>>;

/** Another version of the program may have more to say: what is not known here is kept all the same. */
const KeptState = z.object({ state: RunState.loose().exactOptional() });

/**
 * The state of a run, out of what is kept of it; undefined before it has begun.
 *
 * @throws UnreadableRecord when it has another shape
 */
export function readState(data: unknown): RunState | undefined {
  return parseRecord(KeptState, data ?? {}, 'The state of this run').state;
}

/** As `readState`, for those who only look on: undefined also when it cannot be read. */
export function stateToShow(data: unknown): RunState | undefined {
  return KeptState.safeParse(data).data?.state;
}

const Formatted = z.object({ state: z.object({ format: z.unknown().optional() }) });

/** The format of a run of another version; undefined for one of ours, and for one that has not begun. */
export function otherFormat(data: unknown): string | undefined {
  const { success, data: kept } = Formatted.safeParse(data);
  if (!success || kept.state.format === runFormat) return undefined;
  return JSON.stringify(kept.state.format ?? 0);
}

const Sealed = z.object({ state: z.object({ seal: z.string() }) });

/** What the batches of a run are sealed with. @throws UnreadableRecord when nothing is kept of it */
export function sealOf(data: unknown): string {
  return parseRecord(Sealed, data, 'The state of this run').state.seal;
}

/** The state of a run that begins now. */
export function beginRun(maintenance: AnyJob, config: JobConfig, mode: ModeName, now: DateTime): RunState {
  const at = now.toUTC().toISO() ?? '';
  return {
    format: runFormat,
    seal: randomBytes(16).toString('hex'),
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
