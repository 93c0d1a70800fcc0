import type { GateLimits } from '../../runs/gate.ts';
import { type HoldDecision, stateToShow } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { findRun } from '../records/find-run.ts';
import { type PlanSample, samplePlan } from './plan-sample.ts';

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
  readonly limits: GateLimits;
  /** The first actions; none for a job that plans from the roster alone. */
  readonly sample: PlanSample['sample'];
}

/** How many actions are shown of a plan that a person is asked about. */
const shown = 50;

/** The plan of a held run; undefined when the run is not held. */
export async function heldPlan(runs: RunsQueue, id: string): Promise<HeldPlan | undefined> {
  const run = await findRun(runs, id);
  const state = stateToShow(run?.data);
  if (!run || state?.phase !== 'held' || !state.hold) return undefined;
  const { selected, touched, planned, limits, hold } = state;
  const { sample = [] } = (await samplePlan(runs, id, shown)) ?? {};
  return {
    job: run.name,
    reason: hold.reason,
    until: hold.until,
    answer: hold.answer,
    selected,
    touched,
    planned,
    limits,
    sample,
  };
}
