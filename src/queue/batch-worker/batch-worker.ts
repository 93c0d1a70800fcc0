import { WaitingError, Worker } from 'bullmq';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { Finding } from '../../policies/finding.ts';
import { NothingChanged } from '../../runs/apply-batch.ts';
import { type BatchResult, type KeptProgress, keepProgress } from '../../runs/batch.ts';
import { HandedBack, VendorHeld } from '../../runs/work-through.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import type { BatchData } from '../messages/payloads.ts';
import { type BatchReturn, toBatchReturn } from '../messages/tuples.ts';
import { vendorQueueName } from '../queues.ts';
import { rememberApplied } from '../records/applied.ts';
import { rememberFindings } from '../records/findings.ts';
import { pauseOf, putOff } from '../records/pauses.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { createCircuitBreaker, type VendorCircuitBreaker } from '../vendors/circuit-breaker.ts';
import { type Concurrency, shareOut } from '../vendors/concurrency.ts';
import { workerOptions } from '../worker-options.ts';
import { endOfError, endOfResult } from './attempt-result.ts';
import { afterTrouble } from './batch-failure.ts';
import { batchLog } from './batch-log.ts';
import { type BatchJob, maintenanceJob, openBatch } from './open-batch.ts';
import { traceBatch } from './trace-spans.ts';

/** Pauses, storms and shutdowns do not count as attempts; this bounds them. */
const startsAllowed = 100_000;
/** A limit that is never reached: BullMQ holds a queue (`rateLimit`) only for workers that have one. */
const noLimit = { max: 1_000_000_000, duration: 1000 };

/** What the worker on the batches of one vendor works with. */
interface Station {
  readonly context: WorkerContext;
  readonly concurrency: Concurrency;
  readonly breaker: VendorCircuitBreaker;
}

/** Works on the batches of one vendor. */
export async function openBatchWorker(
  context: WorkerContext,
  vendor: Vendor,
): Promise<HeartbeatWorker<BatchData, BatchReturn>> {
  const { config, queues } = context;
  const concurrency = shareOut(config[vendor]?.requestsInFlight ?? 1);
  const breaker = createCircuitBreaker({
    queues,
    vendor,
    batches: concurrency.batches,
    firstPauseMs: config.retryDelay.toMillis(),
    patienceMs: config.outagePatience.toMillis(),
  });
  // In a storm it is held down, and whoever ends that lets it go.
  if (!(await breaker.look())) await queues.vendors[vendor].setGlobalConcurrency(concurrency.batches);
  const worker = new HeartbeatWorker<BatchData, BatchReturn>(
    vendorQueueName(vendor),
    // BullMQ hands over the signal only to a function of three plain parameters.
    (job: BatchJob, token: string | undefined, signal: AbortSignal | undefined) =>
      traceBatch(context.tracing, job, () =>
        watched({ context, concurrency, breaker }, job, token, signal),
      ).then(toBatchReturn),
    {
      ...workerOptions(context),
      concurrency: concurrency.batches,
      maxStartedAttempts: startsAllowed,
      limiter: noLimit,
    },
  );
  // Somebody else has the batch now; to go on would do everything twice.
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id, lockLost);
  });
  return worker;
}

const lockLost = 'the lock was lost';

/** Works on a batch, and tells how that ended. */
async function watched(
  station: Station,
  job: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const { observer } = station.context;
  const { vendor } = maintenanceJob(job.name);
  try {
    const result = await processBatch(station, job, token, signal);
    observer?.batchEnded(vendor, endOfResult(result));
    return result;
  } catch (error) {
    observer?.batchEnded(vendor, endOfError(error, job));
    throw error;
  }
}

async function processBatch(
  { context, concurrency, breaker }: Station,
  job: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const maintenance = maintenanceJob(job.name);
  // Asked all at once: while a batch waits for Redis, its part of the requests in flight lies idle.
  const [run, paused, tripped] = await Promise.all([
    context.queues.runs.getJob(job.parent?.id ?? ''),
    pauseOf(context.queues, job.name),
    breaker.look(),
  ]);
  const state = run?.data.state;
  if (!run?.id || !state) throw new Error('The run of this batch is gone; nothing was done.');
  const batch = await openBatch(context, maintenance, state, job, keptOf(job));
  const { progress } = batch;
  progress.tally.attempts += 1;
  const halted = stopReason(run);
  if (halted !== undefined) return batch.result(halted);
  if (paused) await putOff(context, job, token);

  const log = context.log.child({ run: run.id, job: job.name, batch: job.id, attempt: job.attemptsMade + 1 });
  const meter = { requests: 0 };
  const requestsBefore = progress.tally.requests;
  const { found, ...told } = batchLog(log, maintenance);
  const findings: Finding[] = [];
  const keep = async (begun: readonly number[] = []) => {
    // First: a batch that is taken over finds only what is not written down as done.
    await rememberFindings(context.queues, run, findings.splice(0));
    progress.tally.requests = requestsBefore + meter.requests;
    await job.updateProgress({ ...keepProgress(progress, begun) });
  };
  try {
    // In a storm one request at a time finds out whether it is over.
    const width = tripped ? 1 : concurrency.width;
    const batchLogOfBatch = {
      ...told,
      found(finding: Finding) {
        findings.push(finding);
        found(finding);
      },
    };
    await batch.work({ width, signal, breaker, record: keep, batchLog: batchLogOfBatch }, meter);
    progress.tally.requests = requestsBefore + meter.requests;
    await rememberApplied(context.queues, run, batch.applied());
    await rememberFindings(context.queues, run, findings);
    return batch.result();
  } catch (error) {
    if (signal?.reason === lockLost) throw error;
    await keep();
    if (error instanceof HandedBack) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (error instanceof VendorHeld) {
      // Whoever began the pause may have died before the queue was held: the batch would come back at once.
      await breaker.renew();
      throw Worker.RateLimitError();
    }
    if (error instanceof NothingChanged) {
      log.error({ err: error }, 'canary died');
      await stopRun(context.queues.runs, run.id, error.message);
      return batch.result(error.message);
    }
    if (!(error instanceof VendorError)) throw error;
    log.warn({ err: error }, 'batch interrupted');
    return afterTrouble({ context, job, breaker, runId: run.id, batch, error });
  }
}

function keptOf(job: BatchJob): KeptProgress | undefined {
  return typeof job.progress === 'object' && 'pending' in job.progress
    ? (job.progress as unknown as KeptProgress)
    : undefined;
}
