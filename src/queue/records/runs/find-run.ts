import type { RunJob, RunsQueue } from '../../queues.ts';
import { lastClaim } from './claim-job.ts';
import { readRecord } from './run-record.ts';

/**
 * A run that has not ended, with what is kept of it as its data: what stands in its BullMQ job is for people only.
 * Undefined when there is no such run; what only asks for a run is none.
 */
export async function findRun(runs: RunsQueue, id: string): Promise<RunJob | undefined> {
  // BullMQ cannot read what it keeps beside its jobs (`events`, `completed`), and takes their names for ids.
  const run = await findKeptRun(runs, id);
  return run && !run.isOver && run.queueJob.finishedOn === undefined ? run.queueJob : undefined;
}

/** A run of which something is kept, with that as its data; `isOver`: it has ended. */
export async function findKeptRun(
  runs: RunsQueue,
  id: string,
): Promise<{ readonly queueJob: RunJob; readonly isOver: boolean } | undefined> {
  const record = await readRecord(runs, id);
  const queueJob = record && (await runs.getJob(id));
  if (!queueJob) return undefined;
  queueJob.data = record.data;
  return { queueJob, isOver: record.isOver };
}

/** The run of a job that has not ended. */
export async function standingRun(runs: RunsQueue, job: string): Promise<RunJob | undefined> {
  const id = await lastClaim(runs, job);
  return id === null ? undefined : findRun(runs, id);
}
