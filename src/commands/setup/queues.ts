import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { checkRedis } from '../../redis/connection.ts';
import { RedisError } from '../../redis/errors.ts';
import type { RedisFitness } from '../../redis/fitness.ts';
import { openTroubleLog, type TroubleLog } from './redis-log.ts';

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
      for (const { problem, advice } of found.warnings) {
        log.warn({ warning: `${problem} ${advice}` }, 'redis warning');
      }
      return openQueuesTelling(config, troubles, tracing);
    }
    troubles.tell(found);
    await delay(lookAgainMs, undefined, { signal: stop }).catch(() => {});
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

function openQueuesTelling(config: Config, { tell, over }: TroubleLog, tracing?: Tracing): Queues {
  const queues = openQueues(config, tell, tracing);
  queues.redis.on('ready', over);
  return queues;
}
