import type { Vendor } from '../../domain/vendor.ts';
import { findJob } from '../../jobs/index.ts';
import type { BatchResult } from '../../runs/batch.ts';
import { createRunRefusals } from '../../runs/refusals.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { toBatchReturn } from '../messages/batch-return.ts';
import { vendorQueueName } from '../queues.ts';
import { WorkersLost } from '../records/lost-workers.ts';
import { stopRun } from '../stop-run.ts';
import { createCircuitBreaker } from '../vendors/circuit-breaker.ts';
import { shareOut } from '../vendors/concurrency.ts';
import { stallsAllowed, workerOptions } from '../worker-options.ts';
import { endOfError, endOfResult, failAtOnce } from './attempt-result.ts';
import { refuseBatch } from './foreign-batch.ts';
import { type Interruptions, interruptReasons } from './interruptions.ts';
import type { BatchJob } from './open-batch.ts';
import { processBatch } from './process-batch.ts';
import { traceBatch } from './trace-spans.ts';
import type { BatchHelpers } from './work-on-batch.ts';

/** Pauses, an open circuit breaker and shutdowns do not count as attempts, and a pause may last for months. */
const startsAllowed = 1_000_000_000;
/** A limit that is never reached: BullMQ holds a queue (`rateLimit`) only for workers that have one. */
const noLimit = { max: 1_000_000_000, duration: 1000 };

/** What the worker on the batches of one vendor works with. */
interface VendorWorkerContext extends BatchHelpers {
  readonly interruptions: Interruptions;
  /** Interrupts a batch at work. */
  readonly interrupt: (queueJobId: string, reason: string) => void;
}

/** Works on the batches of one vendor. */
export async function openBatchWorker(
  context: WorkerContext,
  vendor: Vendor,
  parts: Pick<VendorWorkerContext, 'interruptions' | 'waitNotes' | 'losses'>,
): Promise<HeartbeatWorker> {
  const { config, queues } = context;
  const concurrency = shareOut(config[vendor]?.requestsInFlight ?? 1);
  const breaker = createCircuitBreaker({
    queues,
    vendor,
    batches: concurrency.batches,
    firstPauseMs: config.retryDelay.toMillis(),
    giveUpAfterMs: config.outagePatience.toMillis(),
  });
  // While the breaker is open it is held down, and whoever closes the breaker lets it go.
  if (!(await breaker.look())) await queues.vendors[vendor].setGlobalConcurrency(concurrency.batches);
  const shared: VendorWorkerContext = {
    context,
    concurrency,
    breaker,
    ...parts,
    refusalsOf: createRunRefusals(),
    interrupt: (id, reason) => worker.cancelJob(id, reason),
  };
  const worker = new HeartbeatWorker(
    vendorQueueName(vendor),
    // BullMQ hands over the signal only to a function of three plain parameters.
    (queueJob: BatchJob, token: string | undefined, signal: AbortSignal | undefined) =>
      traceBatch(context.tracing, queueJob, () => observed(shared, queueJob, token, signal)).then(
        toBatchReturn,
        failAtOnce,
      ),
    {
      ...workerOptions(context),
      concurrency: concurrency.batches,
      maxStartedAttempts: startsAllowed,
      limiter: noLimit,
    },
  );
  // Somebody else has the batch now; to go on would do everything twice.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, interruptReasons.lockLost);
  });
  worker.on('failed', (batch) => {
    const runId = batch?.parent?.id;
    // Not after one or two: of several batches in a process that dies, it cannot be told which one it died of.
    if (batch === undefined || runId === undefined || batch.stalledCounter <= stallsAllowed) return;
    stopRun(queues.runs, runId, new WorkersLost(batch.stalledCounter, 'one of its batches').message).catch(
      (err: unknown) => context.log.warn({ err }, 'run not stopped'),
    );
  });
  return worker;
}

/** Works on a batch, and tells how that ended. */
async function observed(
  shared: VendorWorkerContext,
  queueJob: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const { observer } = shared.context;
  const vendor = findJob(queueJob.name)?.vendor;
  if (vendor === undefined) return refuseBatch(queueJob, 'there is no maintenance job of its name');
  // Before it looks whether it may begin: what is said meanwhile reaches it.
  const leave = shared.interruptions.enter({
    run: queueJob.parent?.id ?? '',
    job: queueJob.name,
    vendor,
    interrupt: (reason) => shared.interrupt(queueJob.id ?? '', reason),
  });
  try {
    const result = await processBatch(shared, queueJob, token, signal);
    observer?.batchEnded(vendor, endOfResult(result));
    return result;
  } catch (error) {
    observer?.batchEnded(vendor, endOfError(error, queueJob));
    throw error;
  } finally {
    leave();
  }
}
