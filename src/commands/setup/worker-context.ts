import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { VendorName } from '../../clients/errors/vendor-error.ts';
import { type Exchange, observedBy } from '../../clients/http/exchange.ts';
import { openVendorClients, type VendorClients } from '../../clients/vendors.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { jobs } from '../../jobs/index.ts';
import { openLog } from '../../log.ts';
import type { Crew } from '../../queue/context.ts';
import type { Watch } from '../../queue/observer.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { openBudget } from '../../queue/vendors/budget.ts';
import { checkRedis } from '../../redis/connection.ts';
import { RedisError } from '../../redis/errors.ts';
import type { RedisFitness } from '../../redis/fitness.ts';
import { openRoster } from '../../roster/roster.ts';
import { type Door, UsageError } from '../context.ts';
import { openTroubleLog, type TroubleLog } from './redis-log.ts';

/** The configuration, from the environment. @throws ConfigError */
export function readConfig(door: Door): Config {
  return loadConfig(door.environment, jobs, door.now());
}

/** The log, on the stream that fits the command, with the warnings of the configuration first. */
export function startLog(door: Door, config: Config, stream: 'output' | 'errors'): Logger {
  // Whoever sits before the terminal watches the progress; what is ordinary would bury it.
  const quiet = stream === 'errors' && door.errors.isTTY && !door.environment.LOG_LEVEL;
  const log = openLog(quiet ? 'warn' : config.logLevel, config.secrets, door[stream]);
  for (const warning of config.warnings) log.warn({ warning }, 'configuration warning');
  return log;
}

/**
 * Opens the queues for a command that needs Redis now.
 *
 * @throws RedisError within seconds when it does not answer, or cannot be trusted with the queues
 */
export async function openQueuesNow(config: Config, log: Logger, tracing?: Tracing): Promise<Queues> {
  refuseUnfit(await checkRedis(config.redis));
  return openQueuesTelling(config, openTroubleLog(log), tracing);
}

/** How soon a worker looks again for a Redis that does not answer. */
const lookAgainMs = 500;

/**
 * Opens the queues as soon as Redis answers, however long that takes; undefined when told to stop before.
 *
 * @throws RedisError when it answers and cannot be trusted with the queues
 */
export async function openQueuesOnceThere(
  config: Config,
  log: Logger,
  stop: AbortSignal,
  tracing?: Tracing,
): Promise<Queues | undefined> {
  const troubles = openTroubleLog(log);
  while (!stop.aborted) {
    const found = await checkRedis(config.redis).catch(asError);
    if (!(found instanceof Error)) {
      refuseUnfit(found);
      for (const warning of found.warnings) log.warn({ warning }, 'redis warning');
      return openQueuesTelling(config, troubles, tracing);
    }
    troubles.tell(found);
    await delay(lookAgainMs, undefined, { signal: stop }).catch(() => {});
  }
  return undefined;
}

function refuseUnfit({ refusals }: RedisFitness): void {
  if (refusals.length > 0) throw new RedisError(refusals.join(' '));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function openQueuesTelling(config: Config, { tell, over }: TroubleLog, tracing?: Tracing): Queues {
  const queues = openQueues(config, tell, tracing);
  queues.redis.on('ready', over);
  return queues;
}

/** Who looks on while a process works, if anybody. */
interface Onlookers {
  readonly watch?: Watch | undefined;
  readonly tracing?: Tracing | undefined;
}

/**
 * What workers of this process share.
 *
 * @throws UsageError when a certificate cannot be used; the queues are then closed
 */
export function openCrew(
  door: Door,
  config: Config,
  queues: Queues,
  log: Logger,
  roster: Crew['openRoster'] = () => openRoster(rosterPlace(config), door.input),
  { watch, tracing }: Onlookers = {},
): Crew {
  function optionsOf(vendor: VendorName) {
    const perSecond = config[vendor]?.requestsPerSecond ?? 0;
    const onWaited = watch && ((ms: number) => watch.budgetWaited(vendor, ms));
    const budget = openBudget(queues.redis, config.prefix, vendor, perSecond, onWaited);
    const trace = tracing && ((exchange: Exchange) => tracing.exchanged(vendor, exchange));
    const onAnswer = observedBy([watch?.exchanges(vendor), trace]);
    return { ...(budget ? { beforeRequest: budget } : {}), ...(onAnswer ? { onAnswer } : {}) };
  }
  try {
    const clients = openClients(config, undefined, optionsOf);
    const crew = { config, queues, clients, openRoster: roster, log, now: door.now, name: door.name };
    return { ...crew, ...(watch ? { watch } : {}), ...(tracing ? { tracing } : {}) };
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
  needed?: VendorName,
  options?: Parameters<typeof openVendorClients>[1],
): VendorClients {
  if (needed && !config[needed]) {
    const variable = `${needed.toUpperCase()}_URL`;
    throw new UsageError(`This command needs ${variable}, which is not set: caretaker config --reference.`);
  }
  try {
    return openVendorClients(config, options);
  } catch (error) {
    // The clients name the variable that cannot be used; anything but a plain Error is a fault of ours.
    if (!(error instanceof Error) || error.name !== 'Error') throw error;
    throw new UsageError(error.message);
  }
}

/** @throws UsageError when no roster is set */
export function rosterPlace({ roster }: Config): string {
  if (roster === undefined) {
    throw new UsageError('No roster is set: CARETAKER_ROSTER names a CSV or NDJSON file with the users.');
  }
  return roster;
}
