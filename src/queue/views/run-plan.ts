import type { AnyJob } from '../../jobs/index.ts';
import { findJob } from '../../jobs/index.ts';
import type { Action } from '../../jobs/job.ts';
import { finishedBatches } from '../batch-worker/batch-results.ts';
import { readRequest, type SentRequest } from '../messages/run-request.ts';
import { type RunState, readState } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { findKeptRun } from '../records/runs/find-run.ts';

/** The plan of a run, whole. */
export interface RunPlan {
  readonly maintenance: AnyJob;
  readonly request: SentRequest;
  readonly state: RunState;
  /** What of it is there: of a run that has ended the beginning only, and of one that wrote only who was late. */
  readonly kept: 'whole' | 'beginning' | 'late';
  /** The planned actions, a batch at a time in no order; none for a job that plans from the roster. Can be read again. */
  actions(): AsyncIterable<readonly Action[]>;
}

/**
 * The plan of a run that is held, or has ended and keeps some of it; undefined when there is no such run, or it is another.
 *
 * @throws UnreadableRecord when Redis has something else in its place
 */
export async function findRunPlan(runs: RunsQueue, id: string): Promise<RunPlan | undefined> {
  const run = (await findKeptRun(runs, id))?.queueJob;
  const maintenance = run && findJob(run.name);
  if (!maintenance) return undefined;
  const state = readState(run.data);
  const hasEnded = run.finishedOn !== undefined;
  if (!state || (state.phase !== 'held' && !hasEnded)) return undefined;
  const kept = !hasEnded ? 'whole' : state.mode === 'observe' ? 'beginning' : 'late';
  return {
    maintenance,
    request: readRequest(run.data),
    state,
    kept,
    async *actions() {
      for await (const { id: batch, result } of finishedBatches(run)) {
        if (batch.phase === 'plan' && result.actions) yield result.actions;
      }
    },
  };
}
