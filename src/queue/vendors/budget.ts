import { z } from 'zod';
import { Unreachable } from '../../clients/errors/vendor-error.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import { createTurns } from './turns.ts';

/*
 * BullMQ's limiter counts jobs, and a job here is a batch of many requests. Requests are therefore counted one by one, on
 * the same Redis: the budget holds over all workers.
 */

/**
 * Takes turns: moments that lie as far apart as the rate has them, from the first that is free, by the clock of Redis. One
 * that lies too far ahead is that of a Redis whose clock was, and counts for nothing.
 */
const takeTurns = `
local time = redis.call('time')
local now = time[1] * 1000 + time[2] / 1000
local free = tonumber(redis.call('get', KEYS[1]) or 0)
if free < now or free > now + ARGV[3] then free = now end
local after = free + ARGV[1] * ARGV[2]
redis.call('set', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
return {string.format('%.3f', now), string.format('%.3f', free)}
`;

/** No worker takes turns so far ahead: neither in milliseconds, nor in turns. */
const farthest = { ms: 60_000, turns: 100 };

const Given = z.tuple([z.coerce.number(), z.coerce.number()]);

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
  const intervalMs = 1000 / requestsPerSecond;
  const key = `${prefix}:budget:${vendor}:next`;
  const farthestMs = Math.max(farthest.ms, farthest.turns * intervalMs);
  const take = async (count: number) => {
    const [at, first] = Given.parse(await redis.eval(takeTurns, 1, key, count, intervalMs, farthestMs));
    return { at, first };
  };
  const turn = createTurns(take, intervalMs);
  return async () => {
    const beganMs = performance.now();
    try {
      await turn();
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
