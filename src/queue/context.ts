import type { DateTime } from 'luxon';
import type { Logger } from 'pino';
import type { Ceiling } from '../clients/ceiling.ts';
import type { VendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { Roster } from '../roster/roster.ts';
import type { PlanFile } from '../runs/plan-files/plan-file.ts';
import type { Sort } from '../sorting/sort.ts';
import type { Observer } from './observer.ts';
import type { Queues } from './queues.ts';
import type { Tracing } from './tracing.ts';

/** What the workers of one process share. */
export interface WorkerContext {
  readonly config: Config;
  readonly queues: Queues;
  readonly clients: VendorClients;
  /** What may be written here; the clients hold it, too. */
  readonly ceiling: Ceiling;
  /** Opens the roster afresh: a run sees it as it is when the run begins. The signal ends the wait for it. */
  readonly openRoster: (signal?: AbortSignal) => Promise<Roster>;
  /** The vendor that it asks, and leaves alone while that is paused; left out where it asks none. */
  readonly rosterVendor?: Vendor;
  readonly log: Logger;
  /** Puts a plan, or what an audit saw, in order. */
  readonly sort: Sort;
  /** Waits for a reader of the log that is behind, but not for long; left out, nobody is waited for. */
  readonly logRead?: (signal?: AbortSignal) => Promise<void>;
  readonly now: () => DateTime;
  /** Tells this process from all others. */
  readonly name: string;
  /** The only run that this process works on: that of its command. */
  readonly onlyRun?: string;
  /** The plan that the run of this command applies. */
  readonly plan?: PlanFile;
  /** Who is told what this process does. */
  readonly observer?: Observer;
  /** Left out: nothing is traced. */
  readonly tracing?: Tracing;
}
