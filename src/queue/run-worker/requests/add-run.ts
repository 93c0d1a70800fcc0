import type { Origin, RunRequest, SentRequest } from '../../messages/run-request.ts';
import type { RunsQueue } from '../../queues.ts';
import { claimJob } from '../../records/runs/claim-job.ts';
import type { NewRun } from '../../records/runs/record-fields.ts';
import { keepRecord } from '../../records/runs/run-record.ts';

/** A run that was added, or the one under way that keeps it from being added. */
export interface AddedRun {
  readonly id: string;
  readonly status: 'queued' | 'already-running';
}

/** What goes wrong around a run itself (Redis away for a moment) is tried again so often. */
const runAttempts = 5;

/**
 * Adds a run, unless one of the same job is under way: the claim on the job is held from here to the end of the run, also
 * while it waits for its batches.
 *
 * @param id from `newRunId`
 */
export async function addRun(
  runs: RunsQueue,
  job: string,
  request: RunRequest,
  origin: Origin,
  id: string,
): Promise<AddedRun> {
  const run = { id, job, request: { ...request, origin } };
  const standing = await claimJob(runs, run);
  if (standing !== id) return { id: standing, status: 'already-running' };
  await addQueueJob(runs, run);
  return { id, status: 'queued' };
}

/** Adds a run that is not to begin, for its report only: `origin.skipped` says why. */
export async function addSkipped(runs: RunsQueue, run: NewRun): Promise<void> {
  await keepRecord(runs, run);
  await addQueueJob(runs, run);
}

async function addQueueJob(runs: RunsQueue, { id, job, request }: NewRun): Promise<void> {
  const backoff = { type: 'exponential', delay: 1000 };
  await runs.add(job, { run: id, ...headOf(request) }, { jobId: id, attempts: runAttempts, backoff });
}

/** What people see of a run where nothing else is kept; nobody works by it. */
function headOf({ mode, requestedBy, reason, users, origin }: SentRequest) {
  const trigger = origin ? { origin: { trigger: origin.trigger } } : {};
  return { mode, requestedBy, reason, users: users?.length, ...trigger };
}
