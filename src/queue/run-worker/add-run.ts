import { hash, randomUUID } from 'node:crypto';
import type { Job } from 'bullmq';
import type { DateTime } from 'luxon';
import type { Origin, RunRequest } from '../messages/payloads.ts';
import type { RunsQueue } from '../queues.ts';

/** A run that was added, or the one under way that keeps it from being added. */
export interface AddedRun {
  readonly id: string;
  readonly status: 'queued' | 'already-running';
}

/** What goes wrong around a run itself (Redis away for a moment) is tried again so often. */
const runAttempts = 5;

/**
 * Adds a run, unless one of the same job is under way: BullMQ's deduplication by the name of the job, held from here to
 * the end of the run, also while it waits for its batches.
 *
 * @param id from `newRunId`, or `runIdOf` the request that asks for this run
 */
export async function addRun(
  runs: RunsQueue,
  job: string,
  request: RunRequest,
  origin: Origin,
  id: string,
): Promise<AddedRun> {
  const added = await runs.add(
    job,
    { ...request, origin },
    {
      jobId: id,
      deduplication: { id: job },
      attempts: runAttempts,
      backoff: { type: 'exponential', delay: 1000 },
    },
  );
  return added.id === id ? { id, status: 'queued' } : { id: added.id ?? '', status: 'already-running' };
}

/** Whether a BullMQ job of the queue of runs is a run; all others ask for one. */
export function isRun({ name, opts }: Pick<Job, 'name' | 'opts'>): boolean {
  return opts.deduplication?.id === name;
}

/** An id for a run that nobody else has. */
export function newRunId(job: string, now: DateTime): string {
  return runId(job, now.toMillis(), randomUUID());
}

/** The id of the run that a request asks for: always the same, so that it is found again after a crash. */
export function runIdOf(request: Pick<Job, 'id' | 'name' | 'timestamp'>): string {
  return runId(request.name, request.timestamp, request.id ?? '');
}

function runId(job: string, timeMs: number, seed: string): string {
  const time = new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${job}-${time}-${hash('sha256', seed, 'hex').slice(0, 6)}`;
}
