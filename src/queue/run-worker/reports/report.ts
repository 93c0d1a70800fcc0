import type { DateTime } from 'luxon';
import { timeIn } from '../../../domain/shown-time.ts';
import type { AnyJob } from '../../../jobs/index.ts';
import { type Hold, imbalances, makeReport, type Report, type RunFacts } from '../../../runs/report.ts';
import { addFailure, emptyTally } from '../../../runs/tally.ts';
import { sumBatches } from '../../batch-worker/batch-results.ts';
import type { Origin } from '../../messages/run-request.ts';
import type { RunState } from '../../messages/run-state.ts';
import type { RunJob } from '../../queues.ts';
import { stopReason } from '../../stop-run.ts';

/** What a report says of the request of a run. */
interface ReportedRequest {
  readonly requestedBy?: string | undefined;
  readonly reason?: string | undefined;
  readonly origin?: Pick<Origin, 'trigger'> | undefined;
}

/** A run that a report is made of. */
interface ReportedRun {
  readonly run: RunJob;
  readonly request: ReportedRequest;
  readonly state: RunState;
  /** Of those who read the report. */
  readonly timeZone: string;
}

/**
 * The report of a run, also of one under way. What was planned and is in no batch was not reached.
 *
 * @param finishedAt the end of the run; undefined while it is under way
 */
export async function reportRun(
  maintenance: AnyJob,
  reported: ReportedRun,
  finishedAt: DateTime | undefined,
): Promise<Report> {
  const { run, request, state } = reported;
  const { tally, inBatches, stopReasons } = await sumBatches(run);
  const sum = emptyTally();
  for (const failure of [...state.rejections, ...tally.failures]) addFailure(sum, failure);

  const usersPhase = maintenance.plansFrom === 'vendor' ? 'plan' : 'apply';
  // While users are still being read, or when that broke off, the batches know of more than the run has written down.
  const selected = Math.max(state.selected, inBatches[usersPhase].users);
  const unasked = selected - inBatches[usersPhase].users;
  // Where the roster alone decides, everybody was looked at once the count was made, even if nothing is written.
  // Of a run that has begun to write nobody was, before the first batch is done.
  const onlyCounted = usersPhase === 'apply' && state.phase !== 'apply' && inBatches.apply.users === 0;
  const users = onlyCounted
    ? { inspected: state.selected, failed: 0, notReached: 0, notAsked: 0 }
    : { ...tally.users, notReached: tally.users.notReached + unasked };
  const planned = maintenance.plansFrom === 'vendor' ? tally.actions.planned : state.planned;
  const actions = {
    ...tally.actions,
    planned,
    notReached: tally.actions.notReached + planned - inBatches.canary.actions - inBatches.apply.actions,
  };
  const kept = maintenance.plansFrom === 'vendor' ? tally.kept : state.kept;
  const counts = { ...tally, users, actions, kept, failures: sum.failures };
  const missesUsers = users.notReached > tally.users.notReached;
  const missesActions = state.mode === 'enforce' && actions.notReached > tally.actions.notReached;
  const gone = finishedAt && (missesUsers || missesActions) ? ['batches were removed from Redis'] : [];
  const facts = runFacts(reported, finishedAt, [...stopReasons, ...gone]);
  const { vendor } = maintenance;
  const { roster, join, atRisk, ineffective } = state;
  const report = makeReport({
    run: facts,
    reason: request.reason ?? null,
    hold: holdOf(state),
    vendor,
    selected,
    tally: counts,
    roster,
    forecast: { atRisk, ineffective },
    join,
    unit: maintenance.unit?.(state.policy),
  });
  if (!finishedAt) return report;
  const wrong = imbalances(report);
  if (wrong.length === 0) return report;
  const reason = `The numbers of this run do not add up, which is a bug in device-caretaker: ${wrong.join('; ')}. Report it.`;
  return { ...report, run: { ...facts, status: 'failed', reason } };
}

/**
 * The report of a run that never began.
 *
 * @param reason why it was asked for
 */
export function reportUnstarted(
  vendor: string,
  facts: Pick<RunFacts, 'id' | 'job' | 'mode' | 'trigger' | 'status' | 'reason'> & Partial<RunFacts>,
  reason: string | null = null,
): Report {
  const run = { requestedBy: null, startedAt: null, finishedAt: null, ...facts };
  const roster = { rows: 0, rejected: 0 };
  return makeReport({ run, reason, vendor, selected: 0, tally: emptyTally(), roster });
}

function holdOf({ hold }: RunState): Hold | null {
  if (!hold) return null;
  const { reason, until, answer: decided } = hold;
  if (!decided) return { reason, until, decision: null };
  const { approved, by = null, at, note } = decided;
  return { reason, until, decision: { what: approved ? 'approve' : 'reject', by, at, note } };
}

function runFacts(
  { run, request, state, timeZone }: ReportedRun,
  finishedAt: DateTime | undefined,
  stopReasons: readonly string[],
): RunFacts {
  const stopped = stopReason(run);
  const ending =
    state.ending ?? (stopped === undefined ? undefined : { status: 'stopped' as const, reason: stopped });
  const notReached = stopReasons.length > 0 ? `not everything was reached: ${stopReasons.join('; ')}` : null;
  return {
    id: run.id ?? '',
    job: run.name,
    mode: state.mode,
    trigger: request.origin?.trigger ?? 'queue',
    requestedBy: request.requestedBy ?? null,
    startedAt: state.startedAt,
    finishedAt: finishedAt?.toUTC().toISO() ?? null,
    status: finishedAt ? (ending?.status ?? 'completed') : state.phase === 'held' ? 'held' : 'running',
    reason:
      ending?.reason ?? notReached ?? (state.phase === 'held' ? heldReason(run, state, timeZone) : null),
  };
}

function heldReason({ id }: RunJob, { hold }: RunState, timeZone: string): string {
  const next = hold?.answer
    ? 'it is decided, and the run goes on as soon as a worker is up'
    : `approve or reject ${id} before ${timeIn(timeZone, hold?.until ?? '')} (caretaker runs ${id} --plan shows whom it concerns)`;
  return `${hold?.reason}; ${next}`;
}
