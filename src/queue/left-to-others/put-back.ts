import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, WaitingError } from 'bullmq';
import type { WorkerContext } from '../context.ts';
import { lookAtRedisClock } from './clocks.ts';

/** How a process leaves a BullMQ job to others, in milliseconds. */
export interface Leaving {
  /** So long it is out of everybody's sight. */
  readonly hiddenMs: number;
  /** So long this process waits before it takes another in its place. */
  readonly restMs: number;
}

/**
 * Puts a BullMQ job back.
 *
 * @throws DelayedError or WaitingError, always: the job is in Redis' hands again
 */
export async function putBack(
  context: Pick<WorkerContext, 'queues' | 'now'>,
  queueJob: Job,
  token: string | undefined,
  { hiddenMs, restMs }: Leaving,
): Promise<never> {
  // Hidden until a time by a wrong clock, it would stay hidden from the others for as long as that clock is off.
  if (await lookAtRedisClock(context)) {
    await queueJob.moveToWait(token);
    await delay(Math.max(hiddenMs, restMs));
    throw new WaitingError();
  }
  await queueJob.moveToDelayed(context.now().toMillis() + hiddenMs, token);
  await delay(restMs);
  throw new DelayedError();
}
