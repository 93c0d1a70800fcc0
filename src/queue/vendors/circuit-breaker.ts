import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Vendor } from '../../domain/vendor.ts';
import { redisTime } from '../../redis/connection.ts';
import type { CircuitBreaker } from '../../runs/work-through.ts';
import type { Queues } from '../queues.ts';

/*
 * One circuit breaker per vendor, shared by all workers over Redis. Failures trip it: it opens, and BullMQ's own rate
 * limit holds the vendor's queue for a pause that doubles from trip to trip. After the pause it is half-open: one batch
 * with one request at a time probes the vendor. The first success closes it.
 */

/** The circuit breaker of one vendor, as the workers of this process see it. */
export interface VendorCircuitBreaker extends CircuitBreaker {
  /** Asks Redis whether it is open or half-open, not closed; to be called when a batch begins. */
  look(): Promise<boolean>;
  /** Trips it and holds the vendor's queue. `given-up`: it has been open for longer than anybody waits. */
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
  /** How long it may be open before runs give up. */
  readonly giveUpAfterMs: number;
}

const longestPauseMs = 60_000;
/** A breaker that nobody has tripped for so long after its pause counts as closed. */
const forgottenAfterMs = 2 * longestPauseMs;
/** So many failures in a row over all batches of this process trip it. */
const failuresInARow = 3;
/** So long others have to fail as well, or another worker to trip it. */
const tripWaitMs = 100;

/** Begins a pause, or lengthens the one under way; only a wish of the vendor does that. */
const beginPause = `
local left = redis.call('pttl', KEYS[1])
if left > 0 and (ARGV[2] == '0' or left >= tonumber(ARGV[1])) then return false end
redis.call('set', KEYS[1], 1, 'PX', ARGV[1])
return left > 0 and 'lengthened' or 'begun'
`;
/** Closes it, unless somebody has begun another pause meanwhile. */
const closeIfHalfOpen = `
if redis.call('pttl', KEYS[2]) > 0 then return 0 end
redis.call('del', KEYS[1], KEYS[2])
return 1
`;

/** Of the breaker in Redis. What cannot be read is taken for that of a closed one: the next trip writes it anew. */
const KeptNumber = z.coerce.number().optional().catch(undefined);
const Kept = z.object({ level: KeptNumber, since: KeptNumber, pausedUntil: KeptNumber });

/** Where an open breaker and its pause are kept. The first key says `storm`: it is older than the word. */
export function circuitBreakerKeys(
  prefix: string,
  vendor: Vendor,
): { readonly open: string; readonly pause: string } {
  const open = `${prefix}:storm:${vendor}`;
  return { open, pause: `${open}:pause` };
}

/** The circuit breaker of one vendor, shared over Redis. */
export function createCircuitBreaker({
  queues,
  vendor,
  batches,
  firstPauseMs,
  giveUpAfterMs,
}: CircuitBreakerOptions): VendorCircuitBreaker {
  const { redis } = queues;
  const queue = queues.vendors[vendor];
  const { open: openKey, pause: pauseKey } = circuitBreakerKeys(queues.prefix, vendor);
  let inARow = 0;
  /** Open or half-open. */
  let tripped = false;
  /** Until when it is open and nobody asks, by the clock of `performance.now()`. */
  let heldUntilMs = 0;

  async function close(): Promise<void> {
    // Before it as well: of who dies in between, the next success closes it once more.
    await queue.setGlobalConcurrency(batches);
    // The rate limit ends with the pause by itself: to remove it could only hit one that was set meanwhile.
    const closed = await redis.eval(closeIfHalfOpen, 2, openKey, pauseKey);
    await limitAsKept();
    if (closed !== 1) await look();
  }

  /** Lets one batch at a time through, or as many as usual. Whoever comes last has looked after that how the breaker is. */
  async function limitAsKept(): Promise<void> {
    for (;;) {
      const isOpen = await redis.exists(openKey);
      await queue.setGlobalConcurrency(isOpen === 1 ? 1 : batches);
      if ((await redis.exists(openKey)) === isOpen) return;
    }
  }

  async function look(): Promise<boolean> {
    const [kept, pauseLeftMs] = await Promise.all([redis.exists(openKey), redis.pttl(pauseKey)]);
    tripped = kept === 1;
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
      // Whoever comes first closes it; to do so twice does no harm.
      close().catch(() => {
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

  /** By the clock of Redis: the workers' own may differ by more than the breaker is open. */
  async function holdQueue(retryAfterMs: number | undefined): Promise<'held' | 'given-up'> {
    const nowMs = await redisTime(redis);
    const kept = await redis.hgetall(openKey);
    const { level = 0, since = nowMs, pausedUntil = nowMs } = Kept.parse(kept);
    // After a long silence the vendor fails anew: that no run asked in between is not its fault.
    const sinceMs = nowMs - pausedUntil > Math.max(giveUpAfterMs, forgottenAfterMs) ? nowMs : since;
    // To come back at once is no wish: it would be a pause of nothing.
    const wishedMs = retryAfterMs || undefined;
    const pauseMs = Math.ceil(wishedMs ?? Math.min(firstPauseMs * 2 ** level, longestPauseMs));
    const change = await redis.eval(beginPause, 1, pauseKey, pauseMs, wishedMs === undefined ? 0 : 1);
    if (change) {
      // A lengthened pause is still the same one: the next does not double for it.
      const next = change === 'begun' ? { level: level + 1 } : {};
      // Before the limit: what only one batch at a time can go through has to be open, or nobody would close it.
      await redis.hset(openKey, { ...next, since: sinceMs, pausedUntil: nowMs + pauseMs });
      await queue.rateLimit(pauseMs);
      await limitAsKept();
    }
    return nowMs - sinceMs > giveUpAfterMs ? 'given-up' : 'held';
  }
}
