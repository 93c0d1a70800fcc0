import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { checkRedis } from '../../redis/connection.ts';
import { RedisError } from '../../redis/errors.ts';
import type { RedisFitness } from '../../redis/fitness.ts';
import type { CommandContext } from '../context.ts';
import { readConfig, startLog } from './config.ts';
import { type ConnectionLog, createConnectionLog } from './connection-log.ts';

/**
 * Opens the queues for one command, and closes them however it ends.
 *
 * @param config left out, it is read here
 * @throws RedisError within seconds when Redis does not answer, or cannot be trusted with the queues
 */
export async function withQueues<T>(
  context: CommandContext,
  use: (queues: Queues) => Promise<T>,
  config: Config = readConfig(context),
): Promise<T> {
  const queues = await openQueuesNow(config, startLog(context, config, 'errors'));
  try {
    return await use(queues);
  } finally {
    await queues.close();
  }
}

/**
 * Opens the queues for a command that needs Redis now.
 *
 * @throws RedisError within seconds when it does not answer, or cannot be trusted with the queues
 */
export async function openQueuesNow(config: Config, log: Logger, tracing?: Tracing): Promise<Queues> {
  refuseUnfit(await checkRedis(config.redis));
  return openLoggedQueues(config, createConnectionLog(log), tracing);
}

/** How soon a worker tries again to reach a Redis that does not answer. */
const retryMs = 500;

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
  const connectionLog = createConnectionLog(log);
  while (!stop.aborted) {
    const found = await checkRedis(config.redis).catch(asError);
    if (!(found instanceof Error)) {
      refuseUnfit(found);
      for (const { problem, advice } of found.warnings) {
        log.warn({ warning: `${problem} ${advice}` }, 'redis warning');
      }
      return openLoggedQueues(config, connectionLog, tracing);
    }
    connectionLog.failed(found);
    await delay(retryMs, undefined, { signal: stop }).catch(() => {});
  }
  return undefined;
}

function refuseUnfit({ errors }: RedisFitness): void {
  if (errors.length === 0) return;
  const textOf = (part: 'problem' | 'advice') => errors.map((error) => error[part]).join(' ');
  throw new RedisError(textOf('problem'), textOf('advice'));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function openLoggedQueues(config: Config, { failed, ready }: ConnectionLog, tracing?: Tracing): Queues {
  const queues = openQueues(config, failed, tracing);
  queues.redis.on('ready', ready);
  return queues;
}
