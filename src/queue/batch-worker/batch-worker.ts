import { WaitingError, Worker } from 'bullmq';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { Finding } from '../../policies/finding.ts';
import { NothingChanged } from '../../runs/apply-batch.ts';
import { type BatchResult, type KeptProgress, keepProgress } from '../../runs/batch.ts';
import { HandedBack, VendorHeld } from '../../runs/work-through.ts';
import type { Crew } from '../context.ts';
import { BeatingWorker } from '../heartbeat-worker.ts';
import type { BatchData } from '../messages/payloads.ts';
import { type BatchReturn, toBatchReturn } from '../messages/tuples.ts';
import { vendorQueueName } from '../queues.ts';
import { rememberApplied } from '../records/applied.ts';
import { rememberFindings } from '../records/findings.ts';
import { pauseOf, putOff } from '../records/pauses.ts';
import { haltReason, haltRun } from '../stop-run.ts';
import { openWeather, type VendorWeather } from '../vendors/circuit-breaker.ts';
import { type Lanes, shareOut } from '../vendors/concurrency.ts';
import { workerOptions } from '../worker-options.ts';
import { endOfError, endOfResult } from './attempt-result.ts';
import { afterTrouble } from './batch-failure.ts';
import { journal } from './batch-log.ts';
import { type BatchJob, maintenanceJob, openBatch } from './open-batch.ts';
import { traceBatch } from './trace-spans.ts';

/** Pauses, storms and shutdowns do not count as attempts; this bounds them. */
const startsAllowed = 100_000;
/** A limit that is never reached: BullMQ holds a queue (`rateLimit`) only for workers that have one. */
const noLimit = { max: 1_000_000_000, duration: 1000 };

/** What the worker on the batches of one vendor works with. */
interface Station {
  readonly crew: Crew;
  readonly lanes: Lanes;
  readonly weather: VendorWeather;
}

/** Works on the batches of one vendor. */
export async function openBatchWorker(
  crew: Crew,
  vendor: Vendor,
): Promise<BeatingWorker<BatchData, BatchReturn>> {
  const { config, queues } = crew;
  const lanes = shareOut(config[vendor]?.requestsInFlight ?? 1);
  const weather = openWeather({
    queues,
    vendor,
    batches: lanes.batches,
    firstPauseMs: config.retryDelay.toMillis(),
    patienceMs: config.outagePatience.toMillis(),
  });
  // In a storm it is held down, and whoever ends that lets it go.
  if (!(await weather.look())) await queues.vendors[vendor].setGlobalConcurrency(lanes.batches);
  const worker = new BeatingWorker<BatchData, BatchReturn>(
    vendorQueueName(vendor),
    // BullMQ hands over the signal only to a function of three plain parameters.
    (job: BatchJob, token: string | undefined, signal: AbortSignal | undefined) =>
      traceBatch(crew.tracing, job, () => watched({ crew, lanes, weather }, job, token, signal)).then(
        toBatchReturn,
      ),
    {
      ...workerOptions(crew),
      concurrency: lanes.batches,
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
  const { watch } = station.crew;
  const { vendor } = maintenanceJob(job.name);
  try {
    const result = await processBatch(station, job, token, signal);
    watch?.batchEnded(vendor, endOfResult(result));
    return result;
  } catch (error) {
    watch?.batchEnded(vendor, endOfError(error, job));
    throw error;
  }
}

async function processBatch(
  { crew, lanes, weather }: Station,
  job: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const maintenance = maintenanceJob(job.name);
  // Asked all at once: while a batch waits for Redis, its part of the requests in flight lies idle.
  const [run, paused, stormy] = await Promise.all([
    crew.queues.runs.getJob(job.parent?.id ?? ''),
    pauseOf(crew.queues, job.name),
    weather.look(),
  ]);
  const state = run?.data.state;
  if (!run?.id || !state) throw new Error('The run of this batch is gone; nothing was done.');
  const batch = await openBatch(crew, maintenance, state, job, keptOf(job));
  const { progress } = batch;
  progress.tally.attempts += 1;
  const halted = haltReason(run);
  if (halted !== undefined) return batch.result(halted);
  if (paused) await putOff(crew, job, token);

  const log = crew.log.child({ run: run.id, job: job.name, batch: job.id, attempt: job.attemptsMade + 1 });
  const meter = { requests: 0 };
  const requestsBefore = progress.tally.requests;
  const { found, ...told } = journal(log, maintenance);
  const findings: Finding[] = [];
  const keep = async (begun: readonly number[] = []) => {
    // First: a batch that is taken over finds only what is not written down as done.
    await rememberFindings(crew.queues, run, findings.splice(0));
    progress.tally.requests = requestsBefore + meter.requests;
    await job.updateProgress({ ...keepProgress(progress, begun) });
  };
  try {
    // In a storm one request at a time finds out whether it is over.
    const width = stormy ? 1 : lanes.width;
    const journalOfBatch = {
      ...told,
      found(finding: Finding) {
        findings.push(finding);
        found(finding);
      },
    };
    await batch.work({ width, signal, weather, record: keep, journal: journalOfBatch }, meter);
    progress.tally.requests = requestsBefore + meter.requests;
    await rememberApplied(crew.queues, run, batch.applied());
    await rememberFindings(crew.queues, run, findings);
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
      await weather.renew();
      throw Worker.RateLimitError();
    }
    if (error instanceof NothingChanged) {
      log.error({ err: error }, 'canary died');
      await haltRun(crew.queues.runs, run.id, error.message);
      return batch.result(error.message);
    }
    if (!(error instanceof VendorError)) throw error;
    log.warn({ err: error }, 'batch interrupted');
    return afterTrouble({ crew, job, weather, runId: run.id, batch, error });
  }
}

function keptOf(job: BatchJob): KeptProgress | undefined {
  return typeof job.progress === 'object' && 'pending' in job.progress
    ? (job.progress as unknown as KeptProgress)
    : undefined;
}
