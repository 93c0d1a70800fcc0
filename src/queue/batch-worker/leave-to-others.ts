import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError } from 'bullmq';
import type { WorkerContext } from '../context.ts';
import type { BatchJob } from './open-batch.ts';

/** So long a batch that is not for this process is out of everybody's sight, in milliseconds. */
const outOfSightMs = 2_000;
/** And this process takes the next one only so much later: others are not to run dry. */
const pauseMs = 50;

/**
 * Leaves a batch to other processes: of a run that this one does not work for, or may not write for.
 *
 * @throws DelayedError always: the batch is in Redis' hands again
 */
export async function leaveToOthers(
  { now }: Pick<WorkerContext, 'now'>,
  queueJob: BatchJob,
  token: string | undefined,
): Promise<never> {
  await delay(pauseMs);
  await queueJob.moveToDelayed(now().toMillis() + outOfSightMs, token);
  throw new DelayedError();
}
