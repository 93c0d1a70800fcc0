import type { Logger } from 'pino';
import { openVendorClients } from '../clients/vendors.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { jobs } from '../jobs/index.ts';
import { openLog } from '../log.ts';
import { openBudget } from '../queue/budget.ts';
import { checkRedis } from '../queue/connection.ts';
import type { Crew } from '../queue/crew.ts';
import { openQueues, type Queues } from '../queue/queues.ts';
import { openRoster } from '../roster/roster.ts';
import { type Door, UsageError } from './door.ts';

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
 * @throws RedisError within seconds when it does not answer
 */
export async function openQueuesNow(config: Config, log: Logger): Promise<Queues> {
  await checkRedis(config.redisUrl);
  return openQueues(config, redisTrouble(log));
}

/** Logs the troubles of the connection, each once until it changes. */
export function redisTrouble(log: Logger): (error: Error) => void {
  let told = '';
  return ({ message }) => {
    if (message !== told) log.warn({ reason: message }, 'redis does not answer');
    told = message;
  };
}

/** What workers of this process share. */
export function openCrew(
  door: Door,
  config: Config,
  queues: Queues,
  log: Logger,
  roster: Crew['openRoster'] = () => openRoster(rosterPlace(config), door.input),
): Crew {
  const clients = openVendorClients(config, (vendor) => {
    const perSecond = config[vendor]?.requestsPerSecond ?? 0;
    const budget = openBudget(queues.redis, config.prefix, vendor, perSecond);
    return budget ? { beforeRequest: budget } : {};
  });
  return { config, queues, clients, openRoster: roster, log, now: door.now, name: door.name };
}

/** @throws UsageError when no roster is set */
export function rosterPlace({ roster }: Config): string {
  if (roster === undefined) {
    throw new UsageError('No roster is set: CARETAKER_ROSTER names a CSV or NDJSON file with the users.');
  }
  return roster;
}
