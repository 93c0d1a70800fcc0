import { DelayedError, type Job, RateLimitError, WaitingError } from 'bullmq';
import type { BatchResult } from '../../runs/batch.ts';
import type { BatchEnd } from '../observer.ts';

/** How an attempt at a batch ended that handed something to its run. */
export function endOfResult({ halted }: BatchResult): BatchEnd {
  return halted === undefined ? 'done' : 'given-up';
}

/** How an attempt at a batch ended that was thrown; BullMQ tells by the error whether the batch comes back. */
export function endOfError(error: unknown, job: Pick<Job, 'attemptsMade' | 'opts'>): BatchEnd {
  if (error instanceof RateLimitError) return 'vendor-held';
  if (error instanceof WaitingError || error instanceof DelayedError) return 'handed-back';
  return job.attemptsMade + 1 < (job.opts.attempts ?? 1) ? 'retried' : 'failed';
}
