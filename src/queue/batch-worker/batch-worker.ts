import { RateLimitError, WaitingError } from 'bullmq';
import { WriteForbidden } from '../../clients/ceiling.ts';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { findJob } from '../../jobs/index.ts';
import { NothingChanged } from '../../runs/apply-batch.ts';
import type { BatchResult } from '../../runs/batch.ts';
import { createRunRefusals, type Refusals } from '../../runs/refusals.ts';
import { HandedBack, VendorHeld } from '../../runs/work-through.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { putBack } from '../left-to-others/put-back.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { otherAddress } from '../left-to-others/vendor-address.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import { readProgress } from '../messages/batch-progress.ts';
import { toBatchReturn } from '../messages/batch-return.ts';
import { readState } from '../messages/run-state.ts';
import { vendorQueueName } from '../queues.ts';
import { rememberApplied } from '../records/applied.ts';
import { WorkersLost } from '../records/lost-workers.ts';
import { isPaused, putOff } from '../records/pauses.ts';
import { readRunOfBatch } from '../records/run-record.ts';
import type { LossWatch } from '../records/watch-losses.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { createCircuitBreaker, type VendorCircuitBreaker } from '../vendors/circuit-breaker.ts';
import { type Concurrency, shareOut } from '../vendors/concurrency.ts';
import { stallsAllowed, workerOptions } from '../worker-options.ts';
import { endOfError, endOfResult, failAtOnce } from './attempt-result.ts';
import { afterTrouble } from './batch-failure.ts';
import { batchLog } from './batch-log.ts';
import { isBatchOf, refuseBatch } from './foreign-batch.ts';
import { type Interruptions, interruptReasons } from './interruptions.ts';
import { notAllowed, notOurs } from './leave-to-others.ts';
import { type BatchJob, maintenanceJob, openBatch } from './open-batch.ts';
import { createRecorder, handOnFindings } from './record-progress.ts';
import { traceBatch } from './trace-spans.ts';

/** Pauses, an open circuit breaker and shutdowns do not count as attempts, and a pause may last for months. */
const startsAllowed = 1_000_000_000;
/** A limit that is never reached: BullMQ holds a queue (`rateLimit`) only for workers that have one. */
const noLimit = { max: 1_000_000_000, duration: 1000 };

/** What the worker on the batches of one vendor works with. */
interface VendorWorkerContext {
  readonly context: WorkerContext;
  readonly concurrency: Concurrency;
  readonly breaker: VendorCircuitBreaker;
  readonly interruptions: Interruptions;
  readonly waitNotes: WaitNotes;
  readonly losses: Pick<LossWatch, 'follow'>;
  /** What the answers of a run show, over all its batches here. */
  readonly refusalsOf: (runId: string) => Refusals;
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

async function processBatch(
  { context, concurrency, breaker, waitNotes, losses, refusalsOf }: VendorWorkerContext,
  queueJob: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const { queues, onlyRun } = context;
  if (onlyRun !== undefined && onlyRun !== queueJob.parent?.id) {
    await putBack(context, queueJob, token, notOurs);
  }
  const maintenance = maintenanceJob(queueJob.name);
  // Asked all at once: while a batch waits for Redis, its part of the requests in flight lies idle.
  const [run, paused, tripped, clocks] = await Promise.all([
    readRunOfBatch(queues.runs, queueJob.parent?.id ?? ''),
    isPaused(queues, [queueJob.name, maintenance.vendor]),
    breaker.look(),
    lookAtRedisClock(context),
  ]);
  const state = readState(run?.data);
  if (!run || !state) return refuseBatch(queueJob, 'its run is not in Redis (any more)');
  const isStopped = stopReason(run) !== undefined;
  if (!isBatchOf(run, isStopped ? undefined : state.phase, queueJob)) {
    return refuseBatch(queueJob, 'its run did not make it');
  }
  losses.follow(run.id, queueJob.name);
  const elsewhere = !isStopped && otherAddress(context.config, maintenance.vendor, state);
  if (elsewhere) {
    waitNotes.address(run.id, queueJob.name, elsewhere);
    await putBack(context, queueJob, token, notAllowed);
  }
  if (clocks && !isStopped) {
    waitNotes.clock(run.id, queueJob.name, clocks);
    await putBack(context, queueJob, token, notAllowed);
  }
  const batch = await openBatch(context, maintenance, state, queueJob, readProgress(queueJob.progress));
  const { progress } = batch;
  progress.tally.attempts += 1;
  const stopped = stopReason(run);
  if (stopped !== undefined) return batch.result(stopped);
  const off = reasonIfOff(context.config, queueJob.name);
  if (off !== undefined) {
    await stopRun(queues.runs, run.id, off);
    return batch.result(off);
  }
  if (paused) await putOff(context, queueJob, token);

  const attempt = queueJob.attemptsMade + 1;
  const log = context.log.child({ run: run.id, job: queueJob.name, batch: queueJob.id, attempt });
  const refusals = refusalsOf(run.id);
  const comparison = { refusals, isWholeRun: batch.isWholeRun };
  const meter = { requests: 0, repeatedWrites: 0, signal, successes: refusals.successes };
  const requestsBefore = progress.tally.requests;
  const write = createRecorder({ queues, run, queueJob, progress });
  const countRequests = () => {
    progress.tally.requests = requestsBefore + meter.requests;
    progress.tally.repeated += meter.repeatedWrites;
    meter.repeatedWrites = 0;
  };
  const record = (begun: readonly number[]) => {
    countRequests();
    return write(begun);
  };
  try {
    // While the breaker is open, one request at a time probes whether the vendor is back.
    const width = tripped ? 1 : concurrency.width;
    const tools = { width, signal, breaker, record, comparison, batchLog: batchLog(log, maintenance) };
    // A line for each user may come of it; those of the batches before have to be read first.
    await context.logRead?.(signal);
    await batch.work(tools, meter);
    countRequests();
    await rememberApplied(queues, run, batch.applied());
    await handOnFindings(queues, run, progress);
    return batch.result();
  } catch (error) {
    if (signal?.reason === interruptReasons.lockLost) throw error;
    // Only a process that observes meets this: the batch waits for another.
    if (error instanceof WriteForbidden) {
      waitNotes.writer(run.id, queueJob.name);
      await putBack(context, queueJob, token, notAllowed);
    }
    await record([]);
    if (error instanceof HandedBack) {
      const stoppedNow = stopReason((await queues.runs.getJob(run.id)) ?? run);
      if (stoppedNow !== undefined) return batch.result(stoppedNow);
      if (signal?.reason === interruptReasons.paused) await putOff(context, queueJob, token);
      await queueJob.moveToWait(token);
      throw new WaitingError();
    }
    if (error instanceof VendorHeld) {
      // Whoever began the pause may have died before the queue was held: the batch would come back at once.
      await breaker.renew();
      throw new RateLimitError();
    }
    if (error instanceof NothingChanged) {
      log.error({ err: error }, 'canary failed');
      await stopRun(queues.runs, run.id, error.message);
      return batch.result(error.message);
    }
    if (!(error instanceof VendorError)) throw error;
    log.warn({ err: error }, 'batch interrupted');
    return afterTrouble({ context, queueJob, breaker, runId: run.id, batch, error });
  }
}
