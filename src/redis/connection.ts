import { once } from 'node:events';
import { Cluster, Redis } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { isRefusal, type RedisError, redisError, redisErrorCode } from './errors.ts';
import { checkFitness, type RedisFitness } from './fitness.ts';
import { clusterOptions, redisOptions, seedNodes } from './options.ts';

/** A connection to Redis, whichever way it is set up. */
export type RedisConnection = Redis | Cluster;

/** How long one attempt waits for a connection, and for each reply. */
const responseTimeoutMs = 3_000;

/** Opens a connection that keeps trying; `onFailure` hears of each failed attempt, and of each command that is refused. */
export function openRedis(config: RedisConfig, onFailure: (error: RedisError) => void): RedisConnection {
  const report = (error: unknown) => onFailure(redisError(config, error));
  if (config.cluster) {
    const options = clusterOptions(config);
    const onReply = (error: unknown) => {
      if (isRefusal(error)) report(error);
      return false;
    };
    const cluster = new Cluster(seedNodes(config), {
      ...options,
      redisOptions: { ...options.redisOptions, reconnectOnError: onReply },
      lazyConnect: true,
    });
    cluster.on('error', report);
    cluster.on('node error', report);
    return cluster;
  }
  const isMoving = createFailoverWatch();
  const redis = new Redis({
    ...redisOptions(config),
    lazyConnect: true,
    // The one place that sees every reply, of copies of this connection as well.
    reconnectOnError(error) {
      if (!isRefusal(error)) return false;
      report(error);
      if (redisErrorCode(error) !== 'READONLY') return false;
      // A master that became a replica refuses to write: whoever connects anew finds the one that took its place.
      return isMoving() ? 2 : 1;
    },
  });
  redis.on('error', report);
  return redis;
}

/** So long what a replica refused is sent again, to whoever took its place; after that it has failed. */
const failoverMs = 3_000;
/** A replica that was not met for so long begins another failover. */
const failoverForgottenMs = 30_000;

/** Called at each refusal of a replica: whether that may be a failover which is soon over. */
function createFailoverWatch(): () => boolean {
  let firstAt = 0;
  let lastAt = -failoverForgottenMs;
  return () => {
    const now = performance.now();
    if (now - lastAt > failoverForgottenMs) firstAt = now;
    lastAt = now;
    return now - firstAt < failoverMs;
  };
}

/** The clock of Redis, epoch milliseconds; of a cluster, that of one node. */
export async function redisTime(redis: RedisConnection): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

/**
 * Makes sure that Redis is available, within seconds, and finds what is wrong with it.
 *
 * @throws RedisError when it is not available
 */
export function checkRedis(config: RedisConfig): Promise<RedisFitness> {
  return askRedis(config, checkFitness);
}

/**
 * Asks Redis over a connection of its own that is opened for this question, and closed after it.
 *
 * @throws RedisError when it does not reply within seconds, or refuses
 */
export async function askRedis<T>(
  config: RedisConfig,
  question: (redis: RedisConnection) => Promise<T>,
): Promise<T> {
  const redis = openOnce(config);
  let cause: unknown;
  const remember = (error: unknown) => {
    // What Redis said tells more than how the connection ended.
    if (cause === undefined || isRefusal(error)) cause = error;
  };
  redis.on('error', remember);
  redis.on('sentinelError', remember);
  try {
    const ended = once(redis, 'end').then(() => {
      throw config.cluster ? clusterNotReady() : new Error('the connection was closed');
    });
    // A cluster that is not ready never settles `connect`.
    await Promise.race([redis.connect(), ended]);
    const answer = await Promise.race([question(redis), ended]);
    // ioredis goes on in database 0 when the one that it should use is refused.
    if (isRefusal(cause)) throw cause;
    return answer;
  } catch (error) {
    throw redisError(config, cause ?? error);
  } finally {
    redis.disconnect();
  }
}

/** A connection that tries once and does not wait. */
function openOnce(config: RedisConfig): RedisConnection {
  const oneAttempt = {
    maxRetriesPerRequest: 0,
    connectTimeout: responseTimeoutMs,
    commandTimeout: responseTimeoutMs,
    // A socket that never came to be is not waited for.
    disconnectTimeout: 100,
  };
  if (config.cluster) {
    const options = clusterOptions(config);
    return new Cluster(seedNodes(config), {
      ...options,
      redisOptions: { ...options.redisOptions, ...oneAttempt },
      lazyConnect: true,
      slotsRefreshTimeout: responseTimeoutMs,
      enableReadyCheck: true,
      maxRedirections: 1,
      clusterRetryStrategy: () => null,
    });
  }
  return new Redis({
    ...redisOptions(config),
    ...oneAttempt,
    lazyConnect: true,
    // It would wait in silence for a Redis that is loading.
    enableReadyCheck: false,
    sentinelRetryStrategy: () => null,
    retryStrategy: () => null,
  });
}

/** A cluster whose nodes answer, and that serves not all of its keys. */
function clusterNotReady(): Error {
  return Object.assign(new Error('the cluster is not ready'), { code: 'CLUSTERDOWN' });
}
