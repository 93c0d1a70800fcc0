import type { Logger } from 'pino';
import { type Exchange, observedBy } from '../../clients/http/exchange.ts';
import { openVendorClients, type VendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { envPrefix, type Vendor } from '../../domain/vendor.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { Observer } from '../../queue/observer.ts';
import type { Queues } from '../../queue/queues.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { createBudget } from '../../queue/vendors/budget.ts';
import { openRoster } from '../../roster/roster.ts';
import { type CommandContext, UsageError } from '../context.ts';
import { rosterPath } from './config.ts';

/** Who looks on while a process works, if anybody. */
interface Onlookers {
  readonly observer?: Observer | undefined;
  readonly tracing?: Tracing | undefined;
}

/**
 * What workers of this process share.
 *
 * @throws UsageError when a certificate cannot be used; the queues are then closed
 */
export function createWorkerContext(
  context: CommandContext,
  config: Config,
  queues: Queues,
  log: Logger,
  roster: WorkerContext['openRoster'] = () => openRoster(rosterPath(config), context.input),
  { observer, tracing }: Onlookers = {},
): WorkerContext {
  function optionsOf(vendor: Vendor) {
    const requestsPerSecond = config[vendor]?.requestsPerSecond ?? 0;
    const onWaited = observer && ((ms: number) => observer.budgetWaited(vendor, ms));
    const { redis, prefix } = queues;
    const budget = createBudget({ redis, prefix, vendor, requestsPerSecond, onWaited });
    const trace = tracing && ((exchange: Exchange) => tracing.exchanged(vendor, exchange));
    const onAnswer = observedBy([observer?.exchanges(vendor), trace]);
    return { ...(budget ? { beforeRequest: budget } : {}), ...(onAnswer ? { onAnswer } : {}) };
  }
  try {
    const clients = openClients(config, undefined, optionsOf);
    const workerContext = {
      config,
      queues,
      clients,
      openRoster: roster,
      log,
      now: context.now,
      name: context.name,
    };
    return { ...workerContext, ...(observer ? { observer } : {}), ...(tracing ? { tracing } : {}) };
  } catch (error) {
    // Queues that stay open would keep the process alive.
    queues.close().catch(() => {});
    throw error;
  }
}

/**
 * Opens the connections to the vendors that are configured.
 *
 * @throws UsageError when `needed` is not, or when a certificate cannot be used
 */
export function openClients(
  config: Config,
  needed?: Vendor,
  options?: Parameters<typeof openVendorClients>[1],
): VendorClients {
  if (needed && !config[needed]) {
    const variable = `${envPrefix(needed)}URL`;
    throw new UsageError(`This command needs ${variable}, which is not set: caretaker config --reference.`);
  }
  try {
    return openVendorClients(config, options);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new UsageError(error.message);
  }
}
