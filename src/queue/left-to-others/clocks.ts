import { type ClockReading, type ClockTrouble, clockTrouble } from '../../domain/clocks.ts';
import type { Vendor } from '../../domain/vendor.ts';
import { redisTime } from '../../redis/connection.ts';
import type { WorkerContext } from '../context.ts';

/*
 * Ticks, holds and whose device is due follow from the clock of whoever works. One that is days off misses people and says
 * that all is well, so it is compared where it decides: when a run begins, a batch begins, a tick is set.
 */

type Clocks = Pick<WorkerContext, 'queues' | 'now' | 'clients'>;

/** What is wrong with our clock beside that of Redis, which everybody shares; undefined when they agree. */
export async function lookAtRedisClock({
  queues,
  now,
}: Omit<Clocks, 'clients'>): Promise<ClockTrouble | undefined> {
  const redisMs = await redisTime(queues.redis);
  const oursMs = now().toMillis();
  return clockTrouble(oursMs, [{ name: 'Redis', aheadMs: redisMs - oursMs }]);
}

/**
 * What is wrong with our clock beside those of Redis and of a vendor. A vendor that does not say what its clock shows
 * leaves Redis alone to judge.
 */
export async function lookAtClocks(
  { queues, clients, now }: Clocks,
  vendor: Vendor,
): Promise<ClockTrouble | undefined> {
  const read = async (name: string, ask: () => Promise<number | undefined>): Promise<ClockReading[]> => {
    const theirsMs = await ask();
    return theirsMs === undefined ? [] : [{ name, aheadMs: theirsMs - now().toMillis() }];
  };
  const readings = await Promise.all([
    read('Redis', () => redisTime(queues.redis)),
    read(vendor, () => clients.serverTime(vendor)),
  ]);
  return clockTrouble(now().toMillis(), readings.flat());
}
