import { RateLimitError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import { WriteForbidden } from '../../clients/ceiling.ts';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import { NothingChanged } from '../../runs/apply-batch.ts';
import type { BatchResult } from '../../runs/batch.ts';
import type { Refusals } from '../../runs/refusals.ts';
import { HandedBack, VendorHeld } from '../../runs/work-through.ts';
import type { WorkerContext } from '../context.ts';
import { putBack } from '../left-to-others/put-back.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import { rememberApplied } from '../records/applied.ts';
import { putOff } from '../records/pauses.ts';
import type { RunOfBatch } from '../records/runs/run-of-batch.ts';
import type { LossWatch } from '../records/watch-losses.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import type { VendorCircuitBreaker } from '../vendors/circuit-breaker.ts';
import type { Concurrency } from '../vendors/concurrency.ts';
import { afterTrouble } from './batch-failure.ts';
import { batchLog } from './batch-log.ts';
import { interruptReasons } from './interruptions.ts';
import { notAllowed } from './leave-to-others.ts';
import { type BatchJob, maintenanceJob, type OpenBatch } from './open-batch.ts';
import { createRecorder, handOnFindings } from './record-progress.ts';

/** What all batches of a vendor in this process are worked on with. */
export interface BatchHelpers {
  readonly context: WorkerContext;
  readonly concurrency: Concurrency;
  readonly breaker: VendorCircuitBreaker;
  readonly waitNotes: WaitNotes;
  readonly losses: Pick<LossWatch, 'follow'>;
  /** What the answers of a run show, over all its batches here. */
  readonly refusalsOf: (runId: string) => Refusals;
}

/** A batch that is worked on. */
interface BatchInHand {
  readonly run: RunOfBatch;
  readonly queueJob: BatchJob;
  readonly batch: OpenBatch;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whether the circuit breaker of the vendor is not closed. */
  readonly isTripped: boolean;
}

/** Works on a batch until it is done, or something stands in the way. Throws what BullMQ takes it back by. */
export async function workOn(helpers: BatchHelpers, inHand: BatchInHand): Promise<BatchResult> {
  const { context, concurrency, breaker, refusalsOf } = helpers;
  const { run, queueJob, batch, signal, isTripped } = inHand;
  const { queues } = context;
  const { progress } = batch;
  const maintenance = maintenanceJob(queueJob.name);
  const attempt = queueJob.attemptsMade + 1;
  const log = context.log.child({ run: run.id, job: queueJob.name, batch: queueJob.id, attempt });
  const refusals = refusalsOf(run.id);
  const comparison = { refusals, isWholeRun: batch.isWholeRun };
  const meter = { requests: 0, repeatedWrites: 0, signal, successes: refusals.successes };
  const requestsBefore = progress.tally.requests;
  const recorded = { queues, run, queueJob, progress, keepFindings: context.config.keepFindings };
  const write = createRecorder(recorded);
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
    const width = isTripped ? 1 : concurrency.width;
    const tools = { width, signal, breaker, record, comparison, batchLog: batchLog(log, maintenance) };
    // A line for each user may come of it; those of the batches before have to be read first.
    await context.logRead?.(signal);
    await batch.work(tools, meter);
    countRequests();
    await rememberApplied(queues, run, batch.applied());
    await handOnFindings(recorded);
    return batch.result();
  } catch (error) {
    if (signal?.reason === interruptReasons.lockLost) throw error;
    return ended(helpers, inHand, { error, log, record });
  }
}

/** How the work on a batch came to its end before all was done. */
interface EndedWork {
  readonly error: unknown;
  readonly log: Logger;
  /** Writes down how far it came. */
  readonly record: (begun: readonly number[]) => Promise<void>;
}

async function ended(
  { context, breaker, waitNotes }: BatchHelpers,
  { run, queueJob, batch, token, signal }: BatchInHand,
  { error, log, record }: EndedWork,
): Promise<BatchResult> {
  const { queues } = context;
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
