import { RateLimiterQueue, RateLimiterRedis } from 'rate-limiter-flexible';
import { Unreachable } from '../../clients/errors/vendor-error.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { RedisConnection } from '../../redis/connection.ts';

/*
 * BullMQ's limiter counts jobs, and a job here is a batch of many requests. Requests are therefore counted one by one,
 * in windows so short that they come evenly, by a kept library on the same Redis: the budget holds over all workers.
 */

/** At least half of them go into a second: shorter windows lose too much to timers that come late. */
const windowsPerSecond = 20;

/** The library counts in whole seconds; this is its own script in milliseconds. */
const countInWindow = `
redis.call('set', KEYS[1], 0, 'PX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
local ttl = redis.call('pttl', KEYS[1])
return {consumed, ttl}
`;

/** How many requests go into a window of how many milliseconds, for a rate per second. */
export function budgetWindow(requestsPerSecond: number): {
  readonly points: number;
  readonly windowMs: number;
} {
  // The end of one window and a whole one more can fall into the same second; with these sizes that stays below a tenth.
  const points = Math.floor(requestsPerSecond / windowsPerSecond) + 1;
  return { points, windowMs: Math.ceil((points * 1000) / requestsPerSecond) };
}

/** A turn in the vendor's budget: resolves when one more request may be sent. Throws what concerns everybody. */
export type Budget = () => Promise<void>;

interface BudgetOptions {
  readonly redis: RedisConnection;
  readonly prefix: string;
  readonly vendor: Vendor;
  /** 0 = no limit. */
  readonly requestsPerSecond: number;
  /** Is told how long each turn took to come, in milliseconds. */
  readonly onWaited?: ((ms: number) => void) | undefined;
}

/** The budget of a vendor that all workers share; undefined when it has no limit. */
export function createBudget({
  redis,
  prefix,
  vendor,
  requestsPerSecond,
  onWaited,
}: BudgetOptions): Budget | undefined {
  if (requestsPerSecond === 0) return undefined;
  const { points, windowMs } = budgetWindow(requestsPerSecond);
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `${prefix}:budget`,
    points,
    duration: windowMs,
    customIncrTtlLuaScript: countInWindow,
  });
  const line = new RateLimiterQueue(limiter);
  return async () => {
    const beganMs = performance.now();
    try {
      await line.removeTokens(1, vendor);
      onWaited?.(performance.now() - beganMs);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Unreachable(
        `The requests per second to ${vendor} cannot be counted, because Redis failed (${said}).`,
        'Look after Redis.',
        { vendor, operation: 'budget', remedy: 'retry-batch' },
      );
    }
  };
}
