import { checkLimits, type LimitCheck } from '../../runs/gate.ts';
import type { Report } from '../../runs/report.ts';
import { readRequest } from '../messages/run-request.ts';
import { type HoldDecision, stateToShow } from '../messages/run-state.ts';
import type { Queues } from '../queues.ts';
import { readBaseline } from '../records/baseline.ts';
import { findRun } from '../records/runs/find-run.ts';
import { compareSources } from '../records/source-measures.ts';

/** What a person has to know to approve or reject a held run. */
export interface HeldPlan {
  readonly job: string;
  readonly reason: string;
  /** Until when it can be approved or rejected, ISO 8601. */
  readonly until: string;
  /** What was decided, called as it is kept in Redis. */
  readonly answer: HoldDecision | undefined;
  readonly selected: number;
  readonly touched: number;
  readonly planned: number;
  /** What the plan was checked by. */
  readonly limits: readonly LimitCheck[];
}

/**
 * The plan of a held run; undefined when the run is not held. While it is held, what is usual for its job stays the same.
 *
 * @param report of the run: how many of its users could not be read
 */
export async function heldPlan(queues: Queues, report: Report): Promise<HeldPlan | undefined> {
  const { id, job } = report.run;
  const run = report.run.status === 'held' ? await findRun(queues.runs, id) : undefined;
  const state = stateToShow(run?.data);
  if (!run || state?.phase !== 'held' || !state.hold) return undefined;
  const { selected, touched, planned, limits, hold, mode, history, sources = [] } = state;
  const named = readRequest(run.data).users !== undefined;
  const baseline = named ? undefined : await readBaseline(queues, job, mode, history);
  const failed = report.users.failed + report.users.notReached + report.unreadable;
  const counted = { selected, touched, planned, failed, named };
  const compared = await compareSources(queues, sources);
  const facts = { ...counted, sources: compared, ...(baseline ? { baseline } : {}) };
  return {
    job,
    reason: hold.reason,
    until: hold.until,
    answer: hold.answer,
    selected,
    touched,
    planned,
    limits: checkLimits(facts, limits, job),
  };
}
