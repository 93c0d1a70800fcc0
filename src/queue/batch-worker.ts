import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import { VendorError } from '../clients/errors.ts';
import type { Vendor } from '../jobs/job.ts';
import { type BatchResult, type KeptProgress, keepProgress } from '../runs/batch.ts';
import { HandedBack } from '../runs/work-through.ts';
import type { Crew } from './crew.ts';
import { haltReason, haltRun } from './halt.ts';
import { journal } from './journal.ts';
import { shareOut } from './lanes.ts';
import { maintenanceJob, type OpenBatch, openBatch } from './open-batch.ts';
import type { BatchData } from './payloads.ts';
import { vendorQueueName } from './queues.ts';
import { workerOptions } from './worker-options.ts';

type BatchJob = Job<BatchData, BatchResult>;

/** Interruptions and Retry-After do not count as attempts; this bounds them. */
const startsAllowed = 200;
/** A vendor that wants to be left alone for longer than this is not waited for. */
const longestRetryAfterMs = 15 * 60_000;

/** Works on the batches of one vendor. */
export async function openBatchWorker(crew: Crew, vendor: Vendor): Promise<Worker> {
  const { batches, width } = shareOut(crew.config[vendor]?.requestsInFlight ?? 1);
  await crew.queues.vendors[vendor].setGlobalConcurrency(batches);
  return new Worker<BatchData, BatchResult>(
    vendorQueueName(vendor),
    // BullMQ hands over the signal only to a function of three plain parameters.
    (job: BatchJob, token: string | undefined, signal: AbortSignal | undefined) =>
      processBatch(crew, width, job, token, signal),
    { ...workerOptions(crew), concurrency: batches, maxStartedAttempts: startsAllowed },
  );
}

async function processBatch(
  crew: Crew,
  width: number,
  job: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const maintenance = maintenanceJob(job.name);
  const run = await crew.queues.runs.getJob(job.parent?.id ?? '');
  const state = run?.data.state;
  if (!run?.id || !state) throw new Error('The run of this batch is gone; nothing was done.');
  const batch = await openBatch(crew, maintenance, state, job.data, keptOf(job));
  const halted = haltReason(run);
  if (halted !== undefined) return batch.result(halted);

  const log = crew.log.child({ run: run.id, job: job.name, batch: job.id, attempt: job.attemptsMade + 1 });
  const meter = { requests: 0 };
  const { tally } = batch.progress;
  try {
    await batch.work({ width, signal, journal: journal(log, maintenance) }, meter);
    tally.requests += meter.requests;
    return batch.result();
  } catch (error) {
    tally.requests += meter.requests;
    if (error instanceof HandedBack) {
      await job.updateProgress({ ...keepProgress(batch.progress) });
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (!(error instanceof VendorError)) throw error;
    log.warn({ err: error }, 'batch interrupted');
    if (error.remedy !== 'stop-run' && mayRetry(job, error))
      return await postpone(crew, job, token, batch, error);
    // A batch that reached nothing at all in all its attempts speaks for the whole run.
    const reachedNothing = batch.progress.ledger.pending.size === batch.items;
    if (reachedNothing || error.remedy === 'stop-run') await haltRun(crew.queues.runs, run.id, error.message);
    return batch.result(error.message);
  }
}

function mayRetry(job: BatchJob, { retryAfterMs = 0 }: VendorError): boolean {
  return retryAfterMs <= longestRetryAfterMs && job.attemptsMade + 1 < (job.opts.attempts ?? 1);
}

/** Keeps what is done and lets BullMQ bring the batch back, no sooner than the vendor asked for. */
async function postpone(
  crew: Crew,
  job: BatchJob,
  token: string | undefined,
  { progress }: OpenBatch,
  error: VendorError,
): Promise<never> {
  await job.updateProgress({ ...keepProgress(progress) });
  if (error.retryAfterMs === undefined) throw error;
  await job.moveToDelayed(crew.now().toMillis() + error.retryAfterMs, token);
  throw new DelayedError();
}

function keptOf(job: BatchJob): KeptProgress | undefined {
  return typeof job.progress === 'object' && 'pending' in job.progress
    ? (job.progress as unknown as KeptProgress)
    : undefined;
}
