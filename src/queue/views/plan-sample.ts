import { finishedBatches } from '../batch-worker/batch-results.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { findRun } from '../records/runs/find-run.ts';

/** A look into the plan of a run. */
export interface PlanSample {
  readonly sample: readonly { readonly user: string; readonly subject: string }[];
}

/** How many actions are shown, unless more are asked for. */
const shown = 10;

/** The first actions of a plan that its batches found; undefined when there is none to show. */
export async function samplePlan(
  runs: RunsQueue,
  id: string,
  count = shown,
): Promise<PlanSample | undefined> {
  const run = await findRun(runs, id);
  if (!run || stateToShow(run.data)?.phase !== 'held') return undefined;
  const sample: { user: string; subject: string }[] = [];
  for await (const { result } of finishedBatches(run)) {
    for (const { user, subject } of result.actions ?? []) sample.push({ user: user.username, subject });
    if (sample.length >= count) break;
  }
  return sample.length > 0 ? { sample: sample.slice(0, count) } : undefined;
}
