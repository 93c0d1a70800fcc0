import { httpErrors } from '@fastify/sensible';
import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Takes one turn of a few. @throws HttpError when there is none left for now */
export type TakeTurn = () => Promise<void>;

/**
 * Bounds what one page may cost the vendors and Redis, over all who look at this worker: reading a page again is one key.
 *
 * @param perMinute how many times a minute it may be done
 */
export function limitTurns(perMinute: number): TakeTurn {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async () => {
    // Only a turn that is not there is rejected, and no error.
    const isLeft = await limiter.consume('everybody').then(
      () => true,
      () => false,
    );
    if (isLeft) return;
    throw httpErrors.tooManyRequests(
      `This page asks other servers, so it is shown at most ${perMinute} times a minute. Wait a minute, then load it again.`,
    );
  };
}
