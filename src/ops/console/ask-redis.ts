import { httpErrors } from '@fastify/sensible';
import { withDeadline } from '../../domain/with-deadline.ts';
import type { Queues } from '../../queue/queues.ts';

/** How long a page waits for Redis, in milliseconds, unless it reads much. */
const deadlineMs = 1_500;

const late = Symbol('late');

/** @throws HttpError when there is no connection to Redis: a command would wait for one without end */
export function requireRedis({ redis }: Queues): void {
  if (redis.status !== 'ready') throw redisAway();
}

/**
 * Reads from Redis for a page, or writes for a form, and gives up soon: whoever looks at a page wants to know that Redis
 * does not respond.
 *
 * @throws HttpError when it does not
 */
export async function askQueues<T>(
  queues: Queues,
  work: () => Promise<T>,
  patienceMs = deadlineMs,
): Promise<T> {
  requireRedis(queues);
  const result = await withDeadline(work(), patienceMs, late);
  if (result === late) throw redisAway();
  return result;
}

function redisAway(): Error {
  const error = httpErrors.serviceUnavailable(
    'Redis does not respond, so there is nothing to show. Check Redis: this page works again as soon as Redis responds.',
  );
  // From 500 on, http-errors takes messages for internal ones; this one is for people.
  error.expose = true;
  return error;
}
