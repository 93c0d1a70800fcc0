import type { Logger } from 'pino';
import { type Exchange, observedBy } from '../../clients/http/exchange.ts';
import type { Config } from '../../config/config.ts';
import type { Vendor } from '../../domain/vendor.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { Observer } from '../../queue/observer.ts';
import type { Queues } from '../../queue/queues.ts';
import { rosterVendorOf } from '../../queue/records/find-pause.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { createBudget } from '../../queue/vendors/budget.ts';
import { createSort } from '../../sorting/sort.ts';
import type { CommandContext } from '../context.ts';
import { openClients } from './clients.ts';
import { openConfiguredRoster } from './config.ts';
import { untilRead } from './until-read.ts';

/** What the workers of a process are made from. */
interface WorkerParts {
  readonly config: Config;
  readonly queues: Queues;
  readonly log: Logger;
  /** Left out: the roster of the configuration. */
  readonly openRoster?: WorkerContext['openRoster'] | undefined;
  readonly observer?: Observer | undefined;
  readonly tracing?: Tracing | undefined;
  /** The run that may write though this process only observes: the command line says so. */
  readonly liftedFor?: string | undefined;
}

/**
 * What workers of this process share.
 *
 * @throws SettingError when a certificate cannot be used; the queues are then closed
 */
export function createWorkerContext(context: CommandContext, parts: WorkerParts): WorkerContext {
  const { config, queues, log, observer, tracing, liftedFor } = parts;
  const ceiling = { mode: config.mode, liftedFor };
  const rosterVendor = parts.openRoster ? undefined : rosterVendorOf(config);
  function optionsOf(vendor: Vendor) {
    const requestsPerSecond = config[vendor]?.requestsPerSecond ?? 0;
    const onWaited = observer && ((ms: number) => observer.budgetWaited(vendor, ms));
    const { redis, prefix } = queues;
    const budget = createBudget({ redis, prefix, vendor, requestsPerSecond, onWaited });
    const trace = tracing && ((exchange: Exchange) => tracing.exchanged(vendor, exchange));
    const onAnswer = observedBy([observer?.exchanges(vendor), trace]);
    return {
      now: context.now,
      ...(budget ? { beforeRequest: budget } : {}),
      ...(onAnswer ? { onAnswer } : {}),
    };
  }
  try {
    const clients = openClients(config, { options: optionsOf, ceiling });
    return {
      config,
      queues,
      ceiling,
      clients,
      openRoster:
        parts.openRoster ?? ((signal) => openConfiguredRoster(context, config, { signal, clients })),
      ...(rosterVendor ? { rosterVendor } : {}),
      log,
      sort: createSort(),
      logRead: untilRead([context.output, context.errors]),
      now: context.now,
      name: context.name,
      ...(observer ? { observer } : {}),
      ...(tracing ? { tracing } : {}),
    };
  } catch (error) {
    // Queues that stay open would keep the process alive.
    queues.close().catch(() => {});
    throw error;
  }
}
