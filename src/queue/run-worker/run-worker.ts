import { DelayedError, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { mayWriteFor } from '../../clients/ceiling.ts';
import { type AnyJob, findJob, jobNames } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { forgetBatches, type LastBatch } from '../batch-worker/batch-results.ts';
import { planToKeep } from '../batch-worker/kept-plan.ts';
import type { WorkerContext } from '../context.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { readRequest } from '../messages/payloads.ts';
import { readReport } from '../messages/report.ts';
import { readState } from '../messages/run-state.ts';
import { type RunJob, runsQueueName } from '../queues.ts';
import { rememberLastRun } from '../records/last-run.ts';
import { repeatStrategy } from '../repeat-strategy.ts';
import { shownName } from '../shown-name.ts';
import { stopReason } from '../stop-run.ts';
import { reasonIfOff } from '../switched-off.ts';
import { unrecoverable } from '../unrecoverable.ts';
import { otherAddress } from '../vendor-address.ts';
import type { WaitNotes } from '../wait-notes.ts';
import { workerOptions } from '../worker-options.ts';
import { isRun } from './add-run.ts';
import { reportOf } from './find-report.ts';
import { endEarly, live } from './live-run.ts';
import { ownerGone, ownerOf } from './ownership.ts';
import { isForUs, startRequestedRun } from './run-requests.ts';
import { asksVendor, needsWriter } from './standing-run.ts';
import { userSource } from './user-source.ts';

/** Runs and run requests at once; most of them only wait for their batches, and do not count then. */
const concurrency = 16;
/** How soon a run that another worker has to begin is offered again, in milliseconds. */
const putBackMs = 250;
/** How soon one is that waits for a process which may write. */
const waitForWriterMs = 2_000;

/** Works on the queue of runs. */
export function openRunWorker(context: WorkerContext, waitNotes: WaitNotes): HeartbeatWorker {
  const { keepRuns, keepRunsFor } = context.config;
  const kept = { count: keepRuns, age: keepRunsFor.as('seconds') };
  /** Of runs that this worker ends, until BullMQ has them for ended. */
  const plans = new Map<string, LastBatch>();
  const worker = new HeartbeatWorker(
    runsQueueName,
    async (queueJob: RunJob, token: string | undefined, signal: AbortSignal | undefined) => {
      const report = await processQueueJob({ context, waitNotes }, queueJob, token, signal);
      const plan = report && (await planToKeep(context, queueJob, report));
      if (plan) plans.set(queueJob.id ?? '', plan);
      return report;
    },
    {
      ...workerOptions(context),
      concurrency,
      removeOnComplete: kept,
      removeOnFail: kept,
      settings: { repeatStrategy },
    },
  );
  worker.on('completed', ({ id }, returned) => {
    if (id)
      forgetBatches(context.queues, id, plans.get(id)).catch((err: unknown) =>
        context.log.warn({ err }, 'batches not removed'),
      );
    plans.delete(id ?? '');
    const report = readReport(returned);
    // A request hands on the report of its run; that is told by whoever ended the run.
    if (report && report.run.id === id) context.observer?.runEnded(report);
  });
  worker.on('failed', (queueJob) => {
    if (queueJob?.finishedOn === undefined || !findJob(queueJob.name)) return;
    endedWithoutReport(context, queueJob).catch((err: unknown) =>
      context.log.warn({ err }, 'last run not kept'),
    );
  });
  return worker;
}

/** A run or a run request that failed before it could make a report. */
async function endedWithoutReport(context: WorkerContext, queueJob: RunJob): Promise<void> {
  const report = await reportOf(queueJob);
  if (!report) return;
  context.observer?.runEnded(report);
  if (isRun(queueJob)) await rememberLastRun(context.queues, queueJob.data, report);
}

async function processQueueJob(
  { context, waitNotes }: { readonly context: WorkerContext; readonly waitNotes: WaitNotes },
  queueJob: RunJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Report | null> {
  if (context.onlyRun !== undefined && context.onlyRun !== queueJob.id) {
    return putBack(context, queueJob, token);
  }
  const { request, state } = readable(queueJob);
  const owner = await ownerOf(context, { job: queueJob.name, origin: request.origin, state });
  if (owner === 'another') return putBack(context, queueJob, token);
  const maintenance = knownJob(queueJob.name);
  const off = reasonIfOff(context.config, queueJob.name);
  if (off && !(isRun(queueJob) && state)) throw new UnrecoverableError(off);
  if (!isRun(queueJob) && !(await isForUs(context, queueJob, request))) {
    return putBack(context, queueJob, token);
  }
  if (!isRun(queueJob)) return startRequestedRun(context, maintenance, queueJob, token);
  const attempt = queueJob.attemptsMade + 1;
  const log = context.log.child({ run: queueJob.id, job: queueJob.name, attempt });
  const mode = state?.mode ?? request.mode ?? context.config.mode;
  const standing = { mode, state, stopped: stopReason(queueJob) !== undefined };
  const elsewhere =
    asksVendor(standing, context.now()) && otherAddress(context.config, maintenance.vendor, state);
  if (elsewhere) {
    waitNotes.address(queueJob.id ?? '', queueJob.name, elsewhere);
    return putBack(context, queueJob, token, waitForWriterMs);
  }
  if (needsWriter(standing, context.now()) && !mayWriteFor(context.ceiling, queueJob.id ?? '')) {
    waitNotes.writer(queueJob.id ?? '', queueJob.name);
    return putBack(context, queueJob, token, waitForWriterMs);
  }
  const users = userSource(context, request);
  const under = { context, maintenance, run: queueJob, request, users, log, token, signal };
  try {
    if (off && !state?.ending) return await endEarly(under, 'stopped', off);
    return owner === 'gone' ? await endEarly(under, 'failed', ownerGone) : await live(under);
  } catch (error) {
    if (isHandOver(error) || attempt < (queueJob.opts.attempts ?? 1)) throw error;
    log.error({ err: error }, 'run failed');
    return await endEarly(under, 'failed', error instanceof Error ? error.message : String(error));
  }
}

async function putBack(
  context: WorkerContext,
  queueJob: RunJob,
  token: string | undefined,
  afterMs = putBackMs,
): Promise<never> {
  await queueJob.moveToDelayed(context.now().toMillis() + afterMs, token);
  throw new DelayedError();
}

/** What was asked for, and how far it came. What makes no sense fails at once; to try it again would not help. */
function readable(queueJob: RunJob) {
  try {
    const request = readRequest(queueJob.data);
    // What a request says of a state is left out: only a run has one.
    return { request, state: isRun(queueJob) ? readState(queueJob.data) : undefined };
  } catch (error) {
    throw unrecoverable(error);
  }
}

/** The maintenance job of that name. */
function knownJob(name: string): AnyJob {
  const maintenance = findJob(name);
  if (maintenance) return maintenance;
  throw new UnrecoverableError(
    `There is no maintenance job called ${JSON.stringify(shownName(name))}. There are ${jobNames.join(', ')}.`,
  );
}

function isHandOver(error: unknown): boolean {
  return (
    error instanceof DelayedError ||
    error instanceof WaitingChildrenError ||
    error instanceof WaitingError ||
    error instanceof UnrecoverableError
  );
}
