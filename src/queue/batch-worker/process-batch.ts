import { RateLimitError, WaitingError } from 'bullmq';
import type { Logger } from 'pino';
import { WriteForbidden } from '../../clients/ceiling.ts';
import { VendorError } from '../../clients/errors/vendor-error.ts';
import { NothingChanged } from '../../runs/apply-batch.ts';
import type { BatchResult } from '../../runs/batch.ts';
import type { Refusals } from '../../runs/refusals.ts';
import { HandedBack, VendorHeld } from '../../runs/work-through.ts';
import type { WorkerContext } from '../context.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { putBack } from '../left-to-others/put-back.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { otherAddress } from '../left-to-others/vendor-address.ts';
import { lookAtVersion } from '../left-to-others/version.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import { receiveBatch } from '../messages/batch-data.ts';
import { readProgress } from '../messages/batch-progress.ts';
import { namesUsers } from '../messages/run-request.ts';
import { readState } from '../messages/run-state.ts';
import { rememberApplied } from '../records/applied.ts';
import { isPaused, putOff } from '../records/pauses.ts';
import { type RunOfBatch, readRunOfBatch } from '../records/runs/run-of-batch.ts';
import type { LossWatch } from '../records/watch-losses.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import type { VendorCircuitBreaker } from '../vendors/circuit-breaker.ts';
import type { Concurrency } from '../vendors/concurrency.ts';
import { afterTrouble } from './batch-failure.ts';
import { batchLog } from './batch-log.ts';
import { isBatchOf, refuseBatch } from './foreign-batch.ts';
import { interruptReasons } from './interruptions.ts';
import { notAllowed, notOurs } from './leave-to-others.ts';
import { type BatchJob, maintenanceJob, type OpenBatch, openBatch } from './open-batch.ts';
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

/**
 * Works on a batch, unless it is to be left to others, or its run was stopped.
 *
 * @throws what BullMQ takes a batch back by: DelayedError, WaitingError, RateLimitError
 */
export async function processBatch(
  helpers: BatchHelpers,
  queueJob: BatchJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<BatchResult> {
  const { context, breaker, waitNotes, losses } = helpers;
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
  const version = run && (await lookAtVersion(context, queueJob.name, run.data));
  if (version?.kind === 'leave') {
    waitNotes.format(run?.id ?? '', queueJob.name, version.format);
    return putBack(context, queueJob, token, notAllowed);
  }
  const state = readState(run?.data);
  if (!run || !state) return refuseBatch(queueJob, 'its run is not in Redis (any more)');
  const isStopped = stopReason(run) !== undefined;
  const received = { id: queueJob.id, text: receiveBatch(queueJob.data) };
  if (!isBatchOf(run, isStopped ? undefined : state.phase, received)) {
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
  const batch = await openBatch(context, maintenance, state, received, {
    runId: run.id,
    kept: readProgress(queueJob.progress),
    isNamed: namesUsers(run.data),
  });
  const { progress } = batch;
  progress.tally.attempts += 1;
  const stopped = stopReason(run);
  if (stopped !== undefined) return batch.result(stopped);
  const ending = version?.reason ?? reasonIfOff(context.config, queueJob.name);
  if (ending !== undefined) {
    await stopRun(queues.runs, run.id, ending);
    return batch.result(ending);
  }
  if (paused) await putOff(context, queueJob, token);
  return workOn(helpers, { run, queueJob, batch, token, signal, isTripped: tripped });
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

async function workOn(helpers: BatchHelpers, inHand: BatchInHand): Promise<BatchResult> {
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
