import {
  DelayedError,
  type RepeatOptions,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
} from 'bullmq';
import { mayWriteFor } from '../../clients/ceiling.ts';
import { type AnyJob, findJob, jobNames } from '../../jobs/index.ts';
import { keepOpen } from '../../roster/keep-open.ts';
import type { Report } from '../../runs/report.ts';
import { forgetBatches, type LastBatch } from '../batch-worker/batch-results.ts';
import { interruptReading } from '../batch-worker/interrupt-reading.ts';
import type { Interruptions } from '../batch-worker/interruptions.ts';
import { planToKeep } from '../batch-worker/kept-plan.ts';
import { openUnlessPaused } from '../batch-worker/open-unless-paused.ts';
import { catchUpDue, isCatchUp } from '../catch-up/catch-up.ts';
import type { WorkerContext } from '../context.ts';
import { cutLoose, hangsOnOurs } from '../cut-loose.ts';
import { HeartbeatWorker } from '../heartbeat-worker.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { type Leaving, putBack } from '../left-to-others/put-back.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { otherAddress } from '../left-to-others/vendor-address.ts';
import { lookAtVersion } from '../left-to-others/version.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import { type Asked, HungOnRun, readAsked } from '../messages/asked.ts';
import { readReport } from '../messages/report.ts';
import { readRequest } from '../messages/run-request.ts';
import { readState } from '../messages/run-state.ts';
import { type RunJob, runsQueueName } from '../queues.ts';
import { rememberLastRun } from '../records/last-run.ts';
import { noteTakeover } from '../records/lost-workers.ts';
import { startedBy } from '../records/runs/run-of-request.ts';
import { closeRecord, readRecord } from '../records/runs/run-record.ts';
import type { LossWatch } from '../records/watch-losses.ts';
import { repeatStrategy } from '../repeat-strategy.ts';
import { shownName } from '../shown-name.ts';
import { stopReason } from '../stop-run.ts';
import { unrecoverable } from '../unrecoverable.ts';
import { workerOptions } from '../worker-options.ts';
import { reportOf } from './find-report.ts';
import { endEarly, live } from './live-run.ts';
import { ownerGone, ownerOf } from './ownership.ts';
import { isForUs, reportSkipped, startRequestedRun } from './run-requests.ts';
import { asksVendor, needsWriter } from './standing-run.ts';
import { skipIfUnavailable } from './unavailable.ts';
import { userSource } from './user-source.ts';

/** Runs and run requests at once; most of them only wait for their batches, and do not count then. */
const concurrency = 16;
/** A run that another process has to begin is offered again soon. */
const notOurs: Leaving = { hiddenMs: 250, restMs: 0 };
/** One that waits for a process which may write, or has the right address or clock. */
const notAllowed: Leaving = { hiddenMs: 2_000, restMs: 0 };

/** What all workers of a process share to be told and to tell. */
interface RunHelpers {
  readonly interruptions: Pick<Interruptions, 'enter'>;
  readonly waitNotes: WaitNotes;
  readonly losses: Pick<LossWatch, 'follow' | 'forget'>;
}

interface RunInHand extends RunHelpers {
  readonly context: WorkerContext;
}

/** Works on the queue of runs. */
export function openRunWorker(context: WorkerContext, helpers: RunHelpers): HeartbeatWorker {
  /** A worker whose clock is wrong sets none, and puts the tick back that it took. */
  async function nextTick(millis: number, options: RepeatOptions): Promise<number | undefined> {
    return (await lookAtRedisClock(context)) ? undefined : repeatStrategy(millis, options);
  }
  const { keepRuns, keepRunsFor } = context.config;
  const kept = { count: keepRuns, age: keepRunsFor.as('seconds') };
  /** Of runs that this worker ends, until BullMQ has them for ended. */
  const plans = new Map<string, LastBatch>();
  const worker = new HeartbeatWorker(
    runsQueueName,
    async (queueJob: RunJob, token: string | undefined, signal: AbortSignal | undefined) => {
      const report = await processQueueJob({ context, ...helpers }, queueJob, token, signal);
      const plan = report && (await planToKeep(context, queueJob, report));
      if (plan) plans.set(queueJob.id ?? '', plan);
      return report;
    },
    {
      ...workerOptions(context),
      concurrency,
      removeOnComplete: kept,
      removeOnFail: kept,
      settings: { repeatStrategy: nextTick },
    },
  );
  worker.on('completed', ({ id = '' }, returned) => {
    helpers.losses.forget(id);
    const report = readReport(returned);
    // Of a run that only observed people read later what it would have done, and of others for whom they came too late.
    const isRead = report?.run.mode === 'observe' || plans.has(id);
    const keepForMs = isRead ? keepRunsFor.toMillis() : undefined;
    Promise.all([
      forgetBatches(context.queues, id, plans.get(id)),
      closeRecord(context.queues, id, keepForMs),
    ]).catch((err: unknown) => context.log.warn({ err }, 'batches not removed'));
    plans.delete(id);
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
  const { queues, config } = context;
  const report = await reportOf(queues.runs, queueJob);
  if (!report) return;
  context.observer?.runEnded(report);
  const record = await readRecord(queues, queueJob.id ?? '');
  if (!record) return;
  await rememberLastRun(queues, record.data, report);
  await closeRecord(queues, queueJob.id ?? '', config.keepRunsFor.toMillis());
}

async function processQueueJob(
  { context, waitNotes, interruptions, losses }: RunInHand,
  queueJob: RunJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Report | null> {
  if (context.onlyRun !== undefined && context.onlyRun !== queueJob.id) {
    return putBack(context, queueJob, token, notOurs);
  }
  const record = await readRecord(context.queues, queueJob.id ?? '');
  if (!record || record.isOver || record.job !== queueJob.name)
    return answer({ context, waitNotes }, queueJob, token);
  losses.follow(queueJob.id ?? '', record.job);
  // What stands in the BullMQ job is for people; anybody may have written it.
  queueJob.data = record.data;
  const version = await lookAtVersion(context, queueJob.name, record.data);
  if (version?.kind === 'leave') {
    waitNotes.format(queueJob.id ?? '', queueJob.name, version.format);
    return putBack(context, queueJob, token, notAllowed);
  }
  const { request, state } = readable(() => ({
    request: readRequest(record.data),
    state: readState(record.data),
  }));
  const owner = await ownerOf(context, { job: queueJob.name, origin: request.origin, state });
  if (owner === 'another') return putBack(context, queueJob, token, notOurs);
  const maintenance = knownJob(queueJob.name);
  const off = reasonIfOff(context.config, queueJob.name);
  if (off && !state) throw new UnrecoverableError(off);
  if (request.origin?.skipped !== undefined) {
    return reportSkipped(context, maintenance, queueJob, request);
  }
  const attempt = queueJob.attemptsMade + 1;
  const log = context.log.child({ run: queueJob.id, job: queueJob.name, attempt });
  const mode = state?.mode ?? request.mode ?? context.config.mode;
  const standing = { mode, state, stopped: stopReason(queueJob) !== undefined };
  const elsewhere =
    asksVendor(standing, context.now()) && otherAddress(context.config, maintenance.vendor, state);
  if (elsewhere) {
    waitNotes.address(queueJob.id ?? '', queueJob.name, elsewhere);
    return putBack(context, queueJob, token, notAllowed);
  }
  if (needsWriter(standing, context.now()) && !mayWriteFor(context.ceiling, queueJob.id ?? '')) {
    waitNotes.writer(queueJob.id ?? '', queueJob.name);
    return putBack(context, queueJob, token, notAllowed);
  }
  // One that begins is stopped, and says why.
  if (state && !state.ending && !standing.stopped) {
    await leaveToRightClock({ context, waitNotes }, queueJob, token);
  }
  if (!state && !standing.stopped) {
    const skipped = await skipIfUnavailable(context, maintenance, queueJob, request);
    if (skipped) return skipped;
  }
  const { reading, leave } = interruptReading(interruptions, queueJob.id ?? '', signal);
  const roster = keepOpen(openUnlessPaused({ context, interruptions, waitNotes }, queueJob, token));
  const users = userSource({ ...context, openRoster: roster.open }, request);
  const under = { context, maintenance, run: queueJob, request, users, log, token, signal, reading };
  try {
    const lost = await noteTakeover(context.queues, queueJob, state);
    // Not even its end is survived.
    if (lost && state?.ending?.status === 'failed') throw unrecoverable(lost);
    if (lost) {
      log.error({ err: lost }, 'run failed');
      return await endEarly(under, 'failed', lost.message);
    }
    const ending = version?.reason ?? off;
    if (ending && !state?.ending) return await endEarly(under, 'stopped', ending);
    return owner === 'gone' ? await endEarly(under, 'failed', ownerGone) : await live(under);
  } catch (error) {
    if (isHandOver(error) || attempt < (queueJob.opts.attempts ?? 1)) throw error;
    log.error({ err: error }, 'run failed');
    return await endEarly(under, 'failed', error instanceof Error ? error.message : String(error));
  } finally {
    leave();
    await roster.close();
  }
}

/** Puts back what a wrong clock would decide about, and says so once. */
async function leaveToRightClock(
  { context, waitNotes }: Pick<RunInHand, 'context' | 'waitNotes'>,
  queueJob: RunJob,
  token: string | undefined,
): Promise<void> {
  const trouble = await lookAtRedisClock(context);
  if (!trouble) return;
  waitNotes.clock(queueJob.id ?? '', queueJob.name, trouble);
  await putBack(context, queueJob, token, notAllowed);
}

/** A message, or a tick: it asks for a run, and is none. */
async function answer(
  { context, waitNotes }: Pick<RunInHand, 'context' | 'waitNotes'>,
  queueJob: RunJob,
  token: string | undefined,
): Promise<Report | null> {
  if (hangsOnOurs(context.queues, queueJob)) {
    await cutLoose(queueJob);
    throw unrecoverable(new HungOnRun());
  }
  const asked = await askedBy(context, queueJob);
  // An order that another one has taken the place of.
  if (!asked) return null;
  const maintenance = knownJob(queueJob.name);
  const off = reasonIfOff(context.config, queueJob.name);
  if (off) throw new UnrecoverableError(off);
  if (!(await isForUs(context, queueJob, asked))) return putBack(context, queueJob, token, notOurs);
  const isBegun = asked.origin.trigger === 'schedule' || startedBy(queueJob) !== undefined;
  if (isBegun) await leaveToRightClock({ context, waitNotes }, queueJob, token);
  return startRequestedRun({ context, maintenance, queueJob, token }, asked);
}

/** What a message asks for; undefined for one that was to catch a run up and is no longer needed. */
async function askedBy({ queues }: WorkerContext, queueJob: RunJob): Promise<Asked | undefined> {
  if (!isCatchUp(queueJob)) return readable(() => readAsked(queueJob));
  const catchUp = await catchUpDue(queues, queueJob);
  return catchUp === undefined ? undefined : { origin: { trigger: 'schedule', catchUp } };
}

/** What makes no sense fails at once; to try it again would not help. */
function readable<T>(read: () => T): T {
  try {
    return read();
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
