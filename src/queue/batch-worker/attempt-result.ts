import { DelayedError, type Job, RateLimitError, UnrecoverableError, WaitingError } from 'bullmq';
import type { BatchResult } from '../../runs/batch.ts';
import { UnreadableRecord } from '../messages/parse.ts';
import { UnusablePayload } from '../messages/unusable-payload.ts';
import type { BatchEnd } from '../observer.ts';
import { unrecoverable } from '../unrecoverable.ts';

/** How an attempt at a batch ended that handed something to its run. */
export function endOfResult({ stopped }: BatchResult): BatchEnd {
  return stopped === undefined ? 'done' : 'given-up';
}

/** How an attempt at a batch ended that was thrown; BullMQ tells by the error whether the batch comes back. */
export function endOfError(error: unknown, queueJob: Pick<Job, 'attemptsMade' | 'opts'>): BatchEnd {
  if (error instanceof RateLimitError) return 'vendor-held';
  if (error instanceof WaitingError || error instanceof DelayedError) return 'handed-back';
  if (isHopeless(error)) return 'failed';
  return queueJob.attemptsMade + 1 < (queueJob.opts.attempts ?? 1) ? 'retried' : 'failed';
}

/** What makes BullMQ fail a batch at once: to try it again would find the same. */
export function failAtOnce(error: unknown): never {
  throw isHopeless(error) ? unrecoverable(error) : error;
}

function isHopeless(error: unknown): boolean {
  return (
    error instanceof UnreadableRecord ||
    error instanceof UnusablePayload ||
    error instanceof UnrecoverableError
  );
}
