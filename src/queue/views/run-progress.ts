import { findJob } from '../../jobs/index.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { findRun } from '../records/find-run.ts';

/** How far a run is. */
export interface RunProgress {
  readonly phase: string;
  /** Batches of this phase. */
  readonly done: number;
  readonly total: number;
}

/** How far a run is; undefined when it has not begun or is not there. */
export async function runProgress(runs: RunsQueue, id: string): Promise<RunProgress | undefined> {
  const run = await findRun(runs, id);
  const state = stateToShow(run?.data);
  if (!run || !state) return undefined;
  const counts = await run.getDependenciesCount({ processed: true, ignored: true, unprocessed: true });
  const { processed = 0, ignored = 0, unprocessed = 0 } = counts;
  const plansInBatches = findJob(run.name)?.plansFrom === 'vendor';
  // The canary is the beginning of applying.
  const phase = state.phase === 'canary' ? 'apply' : state.phase;
  const planBatches = plansInBatches && phase === 'apply' ? Math.ceil(state.selected / state.batchSize) : 0;
  const done = processed + ignored - planBatches;
  return { phase, done, total: done + unprocessed };
}
