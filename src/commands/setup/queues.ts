import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { openQueues, type Queues } from '../../queue/queues.ts';
import type { Tracing } from '../../queue/tracing.ts';
import { checkRedis } from '../../redis/connection.ts';
import { isRefusal, RedisError, redisError, refusedError } from '../../redis/errors.ts';
import type { RedisFitness } from '../../redis/fitness.ts';
import { lookAtRedis } from '../../redis/inspect.ts';
import type { RedisListener } from '../../redis/watch.ts';
import type { CommandContext } from '../context.ts';
import { readConfig, startLog } from './config.ts';
import { createConnectionLog } from './connection-log.ts';

/** What goes with the queues of a process. */
export interface QueueParts {
  readonly tracing?: Tracing | undefined;
  /** Hears of each command that Redis refuses. */
  readonly onRefused?: RedisListener['refused'] | undefined;
}

/**
 * Opens the queues for a command that only looks, and closes them however it ends. What Redis refuses to write does not
 * concern it.
 *
 * @param config left out, it is read here
 * @throws RedisError within seconds when Redis does not answer, refuses, or cannot be trusted with the queues
 */
export async function withQueues<T>(
  context: CommandContext,
  use: (queues: Queues) => Promise<T>,
  config: Config = readConfig(context, []),
): Promise<T> {
  const log = startLog(context, config, 'errors');
  refuseUnfit(await checkRedis(config.redis));
  const queues = openLoggedQueues(config, createConnectionLog(log));
  try {
    return await withRedisErrors(config, () => use(queues));
  } finally {
    await queues.close();
  }
}

/**
 * Opens the queues for a command that needs all of Redis now.
 *
 * @throws RedisError within seconds when it does not answer, refuses a command, or cannot be trusted with the queues
 */
export async function openQueuesNow(config: Config, log: Logger, parts: QueueParts = {}): Promise<Queues> {
  await requireRedis(config);
  return openLoggedQueues(config, createConnectionLog(log), parts);
}

/** Tells a refusal of Redis that comes in the middle of something as what it is. @throws RedisError in its place */
export async function withRedisErrors<T>(config: Config, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isRefusal(error) ? redisError(config.redis, error) : error;
  }
}

/** How soon a worker tries again to reach a Redis that does not answer, or refuses. */
const retryMs = { silent: 500, refuses: 2_000 };

/**
 * Opens the queues as soon as Redis answers and refuses nothing, however long that takes; undefined when told to stop
 * before.
 *
 * @throws RedisError when it answers and cannot be trusted with the queues
 */
export async function openQueuesOnceThere(
  config: Config,
  log: Logger,
  stop: AbortSignal,
  parts: QueueParts = {},
): Promise<Queues | undefined> {
  const connectionLog = createConnectionLog(log);
  while (!stop.aborted) {
    const found = await requireRedis(config).catch(asError);
    if (found instanceof Unfit) throw found;
    if (!(found instanceof Error)) {
      connectionLog.ready();
      for (const { problem, advice } of found.warnings) {
        log.warn({ warning: `${problem} ${advice}` }, 'redis warning');
      }
      return openLoggedQueues(config, connectionLog, parts);
    }
    connectionLog.failed(found);
    const isRefused = found instanceof RedisError && found.refusal !== undefined;
    await delay(isRefused ? retryMs.refuses : retryMs.silent, undefined, { signal: stop }).catch(() => {});
  }
  return undefined;
}

/** A Redis that only a person can make fit. */
class Unfit extends RedisError {}

/** @throws RedisError when it does not answer, refuses a command, or cannot be trusted with the queues */
async function requireRedis(config: Config): Promise<RedisFitness> {
  const { fitness, refused } = await lookAtRedis(config.redis, config.prefix, randomUUID());
  refuseUnfit(fitness);
  const refusal = refusedError(config.redis, refused);
  if (refusal) throw refusal;
  return fitness;
}

function refuseUnfit({ errors }: RedisFitness): void {
  if (errors.length === 0) return;
  const textOf = (part: 'problem' | 'advice') => errors.map((error) => error[part]).join(' ');
  throw new Unfit(textOf('problem'), textOf('advice'));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function openLoggedQueues(
  config: Config,
  log: RedisListener,
  { tracing, onRefused }: QueueParts = {},
): Queues {
  return openQueues(config, { ...log, ...(onRefused ? { refused: onRefused } : {}) }, tracing);
}
