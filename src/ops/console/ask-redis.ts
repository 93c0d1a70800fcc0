import { setTimeout as delay } from 'node:timers/promises';
import type { Queues } from '../../queue/queues.ts';
import { HttpError } from './http-error.ts';

/** How long a page waits for Redis, in milliseconds. */
const patienceMs = 1_500;

const away =
  'Redis does not answer, so nothing can be shown. Look after Redis; this page will then work again.';

/** @throws HttpError when there is no connection to Redis: a question would wait for it without end */
export function refuseWhileAway({ redis }: Queues): void {
  if (redis.status !== 'ready') throw new HttpError(503, away);
}

/**
 * Asks Redis, and gives up soon: whoever looks at a page wants to know that it does not answer.
 *
 * @throws HttpError when it does not
 */
export async function ask<T>(queues: Queues, question: () => Promise<T>): Promise<T> {
  refuseWhileAway(queues);
  const enough = new AbortController();
  const tooLate = delay(patienceMs, undefined, { signal: enough.signal }).then(() => {
    throw new HttpError(503, away);
  });
  try {
    return await Promise.race([question(), tooLate]);
  } finally {
    enough.abort();
    tooLate.catch(() => {});
  }
}
