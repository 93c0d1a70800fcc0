import type { Config } from '../../config/config.ts';
import { type Vendor, vendors } from '../../domain/vendor.ts';
import type { Queues } from '../queues.ts';
import { listPauses, type Pause } from '../records/pauses.ts';
import { circuitBreakerKeys } from '../vendors/circuit-breaker.ts';

/** How one vendor's queue fares. */
export interface VendorState {
  readonly vendor: Vendor;
  /** The budget, as it is set; 0 = no limit. */
  readonly requestsPerSecond: number;
  readonly requestsInFlight: number;
  /** Batches under way. */
  readonly active: number;
  /** Batches that wait for their turn. */
  readonly waiting: number;
  /** How much longer the queue waits out a trouble of the vendor, in milliseconds; 0 when it does not. */
  readonly heldForMs: number;
  /** Since when the vendor is in trouble, epoch milliseconds. */
  readonly troubleSince: number | undefined;
  readonly pause: Pause | undefined;
}

/** How the queue of every vendor fares that is configured. */
export async function vendorStates(queues: Queues, config: Config): Promise<VendorState[]> {
  const pauses = await listPauses(queues);
  const states = vendors.map(async (vendor): Promise<VendorState[]> => {
    const settings = config[vendor];
    if (!settings) return [];
    const keys = circuitBreakerKeys(queues.prefix, vendor);
    const [counts, since, leftMs] = await Promise.all([
      queues.vendors[vendor].getJobCounts('active', 'waiting', 'prioritized', 'delayed'),
      queues.redis.hget(keys.open, 'since'),
      queues.redis.pttl(keys.pause),
    ]);
    const { active = 0, waiting = 0, prioritized = 0, delayed = 0 } = counts;
    return [
      {
        vendor,
        requestsPerSecond: settings.requestsPerSecond,
        requestsInFlight: settings.requestsInFlight,
        active,
        waiting: waiting + prioritized + delayed,
        heldForMs: Math.max(0, leftMs),
        troubleSince: since === null ? undefined : Number(since),
        pause: pauses.find(({ what }) => what === vendor),
      },
    ];
  });
  return (await Promise.all(states)).flat();
}
