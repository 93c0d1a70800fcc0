import { RateLimitError } from 'bullmq';
import type { VendorError } from '../../clients/errors/vendor-error.ts';
import type { BatchResult } from '../../runs/batch.ts';
import type { WorkerContext } from '../context.ts';
import { stopRun } from '../stop-run.ts';
import type { VendorCircuitBreaker } from '../vendors/circuit-breaker.ts';
import type { BatchJob, OpenBatch } from './open-batch.ts';

/** A run does not wait for a vendor that asks for a longer pause than this. */
export const longestRetryAfterMs = 15 * 60_000;

interface Trouble {
  readonly context: WorkerContext;
  readonly queueJob: BatchJob;
  readonly breaker: VendorCircuitBreaker;
  readonly runId: string;
  readonly batch: OpenBatch;
  readonly error: VendorError;
}

/**
 * Decides about a batch whose vendor failed in a way that concerns everybody. What is done is kept already.
 *
 * @returns the result of a batch that is given up
 * @throws what makes BullMQ bring it back: the error itself counts as an attempt, a held queue does not
 */
export async function afterTrouble({
  context,
  queueJob,
  breaker,
  runId,
  batch,
  error,
}: Trouble): Promise<BatchResult> {
  const stop = (reason: string) => stopRun(context.queues.runs, runId, reason);
  // An answer that could concern one user comes here once it is seen to concern everybody.
  if (error.remedy === 'stop-run' || error.remedy === 'ask-others') {
    await stop(error.message);
    return batch.result(error.message);
  }
  const { retryAfterMs = 0 } = error;
  if (retryAfterMs > longestRetryAfterMs) {
    const minutes = Math.round(retryAfterMs / 60_000);
    const reason = `${error.message} It asks for a pause of ${minutes} minutes, which is longer than a run waits.`;
    await stop(reason);
    return batch.result(reason);
  }
  if (breaker.isTripped() || error.retryAfterMs !== undefined) {
    if ((await breaker.hold(error.retryAfterMs)) === 'held') throw new RateLimitError();
    const reason = `${error.message} The outage has lasted longer than ${context.config.outagePatience.toISO()} (CARETAKER_OUTAGE_PATIENCE).`;
    await stop(reason);
    return batch.result(reason);
  }
  if (queueJob.attemptsMade + 1 < (queueJob.opts.attempts ?? 1)) throw error;
  // A batch that reached nothing at all in all its attempts speaks for the whole run.
  if (batch.progress.ledger.pending.size === batch.items) await stop(error.message);
  return batch.result(error.message);
}
