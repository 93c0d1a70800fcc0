import type { Config } from '../../config/config.ts';
import { type Vendor, vendors } from '../../domain/vendor.ts';
import type { Report } from '../../runs/report.ts';
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
  /** The last run that has ended after it asked this vendor; undefined when none is kept. */
  readonly lastAsked: { readonly run: string; readonly at: string; readonly answered: boolean } | undefined;
}

/**
 * How the queue of every vendor fares that is configured.
 *
 * @param reports the newest first
 */
export async function vendorStates(
  queues: Queues,
  config: Config,
  reports: readonly Report[],
): Promise<VendorState[]> {
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
        lastAsked: lastAsked(vendor, reports),
      },
    ];
  });
  return (await Promise.all(states)).flat();
}

/** A vendor that did something for anybody has answered. */
function lastAsked(vendor: Vendor, reports: readonly Report[]): VendorState['lastAsked'] {
  const report = reports.find(({ run, requests }) => run.finishedAt !== null && (requests[vendor] ?? 0) > 0);
  const { id, finishedAt } = report?.run ?? {};
  if (!report || !id || !finishedAt) return undefined;
  const { users, actions } = report;
  return { run: id, at: finishedAt, answered: users.inspected + actions.applied + actions.skipped > 0 };
}
