import type { RunJob, RunsQueue } from '../../queues.ts';

/**
 * The BullMQ job with an id that somebody typed; undefined when there is none. BullMQ keeps things of its own beside its
 * jobs (`meta`, `events`, `completed`) and takes their names for ids too; only jobs have a state.
 */
export async function jobById(runs: RunsQueue, id: string): Promise<RunJob | undefined> {
  if ((await runs.getJobState(id)) === 'unknown') return undefined;
  return runs.getJob(id);
}
