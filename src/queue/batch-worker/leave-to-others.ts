import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError } from 'bullmq';
import type { WorkerContext } from '../context.ts';
import type { BatchJob } from './open-batch.ts';

/** How a process leaves a batch, in milliseconds. */
interface Leaving {
  /** So long the batch is out of everybody's sight. */
  readonly hiddenMs: number;
  /** So long this process waits before it takes another in its place. */
  readonly restMs: number;
}

/** A command works for one run: batches of others must not stand before its own, nor their worker run dry. */
export const notOurs: Leaving = { hiddenMs: 5_000, restMs: 50 };
/** A worker that observes, or has another address: the others are to find the batch before it does. */
export const notAllowed: Leaving = { hiddenMs: 250, restMs: 1_000 };

/**
 * Leaves a batch to other processes.
 *
 * @throws DelayedError always: the batch is in Redis' hands again
 */
export async function leaveToOthers(
  { now }: Pick<WorkerContext, 'now'>,
  queueJob: BatchJob,
  token: string | undefined,
  { hiddenMs, restMs }: Leaving,
): Promise<never> {
  await queueJob.moveToDelayed(now().toMillis() + hiddenMs, token);
  await delay(restMs);
  throw new DelayedError();
}
