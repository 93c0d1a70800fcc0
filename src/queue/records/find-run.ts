import type { RunJob, RunsQueue } from '../queues.ts';
import { lastClaim, readRecord } from './run-record.ts';

/**
 * A run that has not ended, with what is kept of it as its data: what stands in its BullMQ job is for people only.
 * Undefined when there is no such run; what only asks for a run is none.
 */
export async function findRun(runs: RunsQueue, id: string): Promise<RunJob | undefined> {
  // BullMQ cannot read what it keeps beside its jobs (`events`, `completed`), and takes their names for ids.
  const record = await readRecord(runs, id);
  const queueJob = record && !record.isOver ? await runs.getJob(id) : undefined;
  if (!record || !queueJob || queueJob.finishedOn !== undefined) return undefined;
  queueJob.data = record.data;
  return queueJob;
}

/** The run of a job that has not ended. */
export async function standingRun(runs: RunsQueue, job: string): Promise<RunJob | undefined> {
  const id = await lastClaim(runs, job);
  return id === null ? undefined : findRun(runs, id);
}
