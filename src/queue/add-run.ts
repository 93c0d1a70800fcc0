import { hash, randomUUID } from 'node:crypto';
import type { Job, ParentOptions } from 'bullmq';
import type { DateTime } from 'luxon';
import type { Origin, RunRequest } from './payloads.ts';
import type { RunsQueue } from './queues.ts';

/** A run that was added, or the one under way that stands in its place. */
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
 * @param parent the request that waits for this run, whose id then names it
 */
export async function addRun(
  runs: RunsQueue,
  job: string,
  request: RunRequest,
  origin: Origin,
  now: DateTime,
  parent?: Pick<Job, 'id' | 'timestamp' | 'queueQualifiedName'>,
): Promise<AddedRun> {
  const id = parent
    ? runId(job, parent.timestamp, parent.id ?? '')
    : runId(job, now.toMillis(), randomUUID());
  const added = await runs.add(
    job,
    { ...request, origin },
    {
      jobId: id,
      deduplication: { id: job },
      attempts: runAttempts,
      backoff: { type: 'exponential', delay: 1000 },
      ...(parent
        ? {
            parent: { id: parent.id ?? '', queue: parent.queueQualifiedName } satisfies ParentOptions,
            ignoreDependencyOnFailure: true,
          }
        : {}),
    },
  );
  return added.id === id ? { id, status: 'queued' } : { id: added.id ?? '', status: 'already-running' };
}

/** Whether a BullMQ job of the queue of runs is a run; all others ask for one. */
export function isRun(job: Pick<Job, 'name' | 'opts'>): boolean {
  return job.opts.deduplication?.id === job.name;
}

function runId(job: string, timeMs: number, seed: string): string {
  const time = new Date(timeMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${job}-${time}-${hash('sha256', seed, 'hex').slice(0, 6)}`;
}
