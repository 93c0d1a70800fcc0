import type { BatchResult } from '../../runs/batch.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import { putBack } from '../left-to-others/put-back.ts';
import { reasonIfOff } from '../left-to-others/switched-off.ts';
import { otherAddress } from '../left-to-others/vendor-address.ts';
import { lookAtVersion } from '../left-to-others/version.ts';
import { receiveBatch } from '../messages/batch-data.ts';
import { readProgress } from '../messages/batch-progress.ts';
import { namesUsers } from '../messages/run-request.ts';
import { readState } from '../messages/run-state.ts';
import { isPaused, putOff } from '../records/pauses.ts';
import { readRunOfBatch } from '../records/runs/run-of-batch.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { isBatchOf, refuseBatch } from './foreign-batch.ts';
import { notAllowed, notOurs } from './leave-to-others.ts';
import { type BatchJob, maintenanceJob, openBatch } from './open-batch.ts';
import { type BatchHelpers, workOn } from './work-on-batch.ts';

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
