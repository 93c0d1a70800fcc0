import type { DateTime } from 'luxon';
import { newRunId } from '../messages/run-id.ts';
import type { Origin, RunRequest, SentRequest } from '../messages/run-request.ts';
import type { RunJob, RunsQueue } from '../queues.ts';
import { claimJob, keepRecord, type NewRun } from '../records/run-record.ts';

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

/*
 * A request keeps the id of its run as its progress, which whoever sends it cannot set: first as what is to be, so that
 * it is found again after a crash, and then as what is.
 */

interface Intended {
  readonly intended: string;
}

/** The id of the run that a request has begun; undefined before that. */
export function startedBy({ progress }: Pick<RunJob, 'progress'>): string | undefined {
  return typeof progress === 'string' ? progress : undefined;
}

/** The id that the run of a request has, or is to have; undefined before that was decided. */
export function idOfRun(queueJob: Pick<RunJob, 'name' | 'progress'>): string | undefined {
  const { name, progress } = queueJob;
  const note = typeof progress === 'object' && 'intended' in progress ? progress.intended : undefined;
  const intended = typeof note === 'string' && note.startsWith(`${name}-`) ? note : undefined;
  return startedBy(queueJob) ?? intended;
}

/** Decides what id the run of a request is to have. */
export async function intendRun(queueJob: RunJob, now: DateTime): Promise<string> {
  const id = newRunId(queueJob.name, now);
  await queueJob.updateProgress({ intended: id } satisfies Intended);
  return id;
}

/** Notes that the run of a request is there. */
export async function noteStarted(queueJob: RunJob, id: string): Promise<void> {
  await queueJob.updateProgress(id);
}
