import { DelayedError, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import { mayWriteFor } from '../../clients/ceiling.ts';
import { keepOpen } from '../../roster/keep-open.ts';
import type { Report } from '../../runs/report.ts';
import { interruptReading } from '../batch-worker/interrupt-reading.ts';
import type { Interruptions } from '../batch-worker/interruptions.ts';
import { openUnlessPaused } from '../batch-worker/open-unless-paused.ts';
import type { WorkerContext } from '../context.ts';
import { leaveToRightClock, notAllowed, notOurs } from '../left-to-others/leave-run.ts';
import { putBack } from '../left-to-others/put-back.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { otherAddress } from '../left-to-others/vendor-address.ts';
import { lookAtVersion } from '../left-to-others/version.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import { readRequest } from '../messages/run-request.ts';
import { readState } from '../messages/run-state.ts';
import type { RunJob } from '../queues.ts';
import { noteTakeover } from '../records/lost-workers.ts';
import { readRecord } from '../records/runs/run-record.ts';
import type { LossWatch } from '../records/watch-losses.ts';
import { stopReason } from '../stop-run.ts';
import { readable, unrecoverable } from '../unrecoverable.ts';
import { endEarly, live } from './live-run.ts';
import { ownerGone, ownerOf } from './ownership.ts';
import { userSource } from './phases/user-source.ts';
import { answerRequest } from './requests/answer-request.ts';
import { knownJob } from './requests/known-job.ts';
import { reportSkipped } from './requests/report-skipped.ts';
import { asksVendor, needsWriter } from './requests/standing-run.ts';
import { skipIfUnavailable } from './unavailable.ts';

/** What all workers of a process share to be told and to tell. */
export interface RunHelpers {
  readonly interruptions: Pick<Interruptions, 'enter'>;
  readonly waitNotes: WaitNotes;
  readonly losses: Pick<LossWatch, 'follow' | 'forget'>;
}

interface RunInHand extends RunHelpers {
  readonly context: WorkerContext;
}

/** Works on what is on the queue of runs: a run, from wherever it is, or a request, which asks for one. */
export async function processQueueJob(
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
    return answerRequest({ context, waitNotes }, queueJob, token);
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

function isHandOver(error: unknown): boolean {
  return (
    error instanceof DelayedError ||
    error instanceof WaitingChildrenError ||
    error instanceof WaitingError ||
    error instanceof UnrecoverableError
  );
}
