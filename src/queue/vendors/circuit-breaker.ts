import { setTimeout as delay } from 'node:timers/promises';
import type { Vendor } from '../../domain/vendor.ts';
import type { CircuitBreaker } from '../../runs/work-through.ts';
import type { Queues } from '../queues.ts';

/*
 * A vendor in trouble is left alone by everybody: the queue of that vendor is held by BullMQ's own rate limit, for a
 * pause that doubles, and is then probed by one batch with one request at a time. The first success ends the storm.
 */

/** The circuit breaker of one vendor, as the workers of this process see it and share it with all others. */
export interface VendorCircuitBreaker extends CircuitBreaker {
  /** Asks Redis whether there is a storm; to be called when a batch begins. */
  look(): Promise<boolean>;
  /** Holds the vendor's queue. Tells whether the storm has lasted longer than is waited for. */
  hold(retryAfterMs: number | undefined): Promise<'held' | 'given-up'>;
  /** Holds the vendor's queue again for what is left of the pause; to be called by whoever meets one. */
  renew(): Promise<void>;
}

interface CircuitBreakerOptions {
  readonly queues: Queues;
  readonly vendor: Vendor;
  /** Batches at once while the breaker is closed. */
  readonly batches: number;
  readonly firstPauseMs: number;
  readonly patienceMs: number;
}

const longestPauseMs = 60_000;
/** A storm that nobody has run into for so long after its pause is over. */
const forgottenAfterMs = 2 * longestPauseMs;
/** So many failures in a row over all batches of this process are a storm. */
const failuresInARow = 3;
/** So long others have to fail as well, or another worker to say that there is a storm. */
const tripWaitMs = 100;

/** Begins a pause, or lengthens the one under way; only a wish of the vendor does that. */
const beginPause = `
local left = redis.call('pttl', KEYS[1])
if left > 0 and (ARGV[2] == '0' or left >= tonumber(ARGV[1])) then return false end
redis.call('set', KEYS[1], 1, 'PX', ARGV[1])
return left > 0 and 'lengthened' or 'begun'
`;
/** Forgets a storm, unless somebody has begun another pause meanwhile. */
const closeBreaker = `
if redis.call('pttl', KEYS[2]) > 0 then return 0 end
redis.call('del', KEYS[1], KEYS[2])
return 1
`;

/** Where a storm and its pause are kept. */
export function circuitBreakerKeys(
  prefix: string,
  vendor: Vendor,
): { readonly storm: string; readonly pause: string } {
  const storm = `${prefix}:storm:${vendor}`;
  return { storm, pause: `${storm}:pause` };
}

/** The circuit breaker of one vendor, shared over Redis. */
export function createCircuitBreaker({
  queues,
  vendor,
  batches,
  firstPauseMs,
  patienceMs,
}: CircuitBreakerOptions): VendorCircuitBreaker {
  const { redis } = queues;
  const queue = queues.vendors[vendor];
  const { storm: key, pause: pauseKey } = circuitBreakerKeys(queues.prefix, vendor);
  let inARow = 0;
  let tripped = false;
  /** Until when nobody asks, by the clock of `performance.now()`. */
  let heldUntilMs = 0;

  async function clear(): Promise<void> {
    const ended = await redis.eval(closeBreaker, 2, key, pauseKey);
    // The rate limit ends with the pause by itself: to remove it could only hit one that was set meanwhile.
    if (ended === 1) await queue.setGlobalConcurrency(batches);
    else await look();
  }

  async function look(): Promise<boolean> {
    const [storms, pauseLeftMs] = await Promise.all([redis.exists(key), redis.pttl(pauseKey)]);
    tripped = storms === 1;
    heldUntilMs = performance.now() + pauseLeftMs;
    return tripped;
  }

  function isHeld(): boolean {
    return performance.now() < heldUntilMs;
  }

  return {
    look,
    isTripped: () => tripped || inARow >= failuresInARow,
    isHeld,
    succeeded() {
      inARow = 0;
      // What was under way when the pause began says nothing about how the vendor is after it.
      if (!tripped || isHeld()) return;
      tripped = false;
      // Whoever comes first clears it; to do so twice does no harm.
      clear().catch(() => {
        tripped = true;
      });
    },
    failed() {
      inARow += 1;
    },
    async waitForTrip() {
      await delay(tripWaitMs);
      await look();
    },
    async hold(retryAfterMs) {
      tripped = true;
      // From now on; for how long is found out below.
      heldUntilMs = Number.POSITIVE_INFINITY;
      const outcome = await holdQueue(retryAfterMs);
      await look();
      return outcome;
    },
    async renew() {
      const leftMs = await redis.pttl(pauseKey);
      if (leftMs > 0) await queue.rateLimit(leftMs);
    },
  };

  async function holdQueue(retryAfterMs: number | undefined): Promise<'held' | 'given-up'> {
    const nowMs = await redisTime();
    const { level = 0, since = nowMs, pausedUntil = nowMs } = await redis.hgetall(key);
    // After a long silence this is another storm: that no run asked in between is not the vendor's fault.
    const sinceMs =
      nowMs - Number(pausedUntil) > Math.max(patienceMs, forgottenAfterMs) ? nowMs : Number(since);
    // To come back at once is no wish: it would be a pause of nothing.
    const wishedMs = retryAfterMs || undefined;
    const pauseMs = Math.ceil(wishedMs ?? Math.min(firstPauseMs * 2 ** Number(level), longestPauseMs));
    const change = await redis.eval(beginPause, 1, pauseKey, pauseMs, wishedMs === undefined ? 0 : 1);
    if (change) {
      await queue.rateLimit(pauseMs);
      await queue.setGlobalConcurrency(1);
      // A lengthened pause is still the same one: the next does not double for it.
      const next = change === 'begun' ? { level: Number(level) + 1 } : {};
      // Last: whoever clears the storm at the same time either finds it, and ends it, or leaves it to the next success.
      await redis.hset(key, { ...next, since: sinceMs, pausedUntil: nowMs + pauseMs });
    }
    return nowMs - sinceMs > patienceMs ? 'given-up' : 'held';
  }

  /** The workers' own clocks may differ by more than a storm lasts. */
  async function redisTime(): Promise<number> {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }
}
