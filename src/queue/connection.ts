import { Redis, type RedisOptions } from 'ioredis';

/** Redis is not there, or not fit. The message says what to do. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

const firstAnswerWithinMs = 3_000;
const longestPauseMs = 5_000;

/** Options of ioredis for an address as REDIS_URL takes it: redis, rediss or unix. */
export function redisOptions(url: URL) {
  const isSocket = url.protocol === 'unix:';
  const db = isSocket ? url.searchParams.get('db') : url.pathname.slice(1);
  return {
    ...(isSocket
      ? { path: decodeURIComponent(url.pathname) }
      : { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 6379) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    db: Number(db || 0),
    // BullMQ's workers wait for Redis as long as it takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(100 * 2 ** Math.min(times, 10), longestPauseMs),
  } satisfies RedisOptions;
}

/** A connection that keeps trying; `onTrouble` hears of each failed attempt. */
export function openRedis(url: URL, onTrouble: (error: Error) => void): Redis {
  const redis = new Redis({ ...redisOptions(url), lazyConnect: true });
  redis.on('error', (error: Error) => onTrouble(new RedisError(troubleText(url, error))));
  return redis;
}

/**
 * Makes sure that Redis answers, within seconds.
 *
 * @throws RedisError saying what to do when it does not
 */
export async function checkRedis(url: URL): Promise<void> {
  const redis = new Redis({
    ...redisOptions(url),
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: firstAnswerWithinMs,
    commandTimeout: firstAnswerWithinMs,
    // A socket that never came to be is not waited for.
    disconnectTimeout: 100,
    retryStrategy: () => null,
  });
  let cause: Error | undefined;
  redis.on('error', (error: Error) => {
    cause = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw new RedisError(
      troubleText(url, cause ?? (error instanceof Error ? error : new Error(String(error)))),
    );
  } finally {
    redis.disconnect();
  }
}

/** The address without its credentials. */
function publicAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function troubleText(url: URL, error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const said = error.message || code || error.name;
  const remedy = /NOAUTH|WRONGPASS|invalid password|NOPERM/i.test(said)
    ? 'check user and password in REDIS_URL'
    : 'start it, or set REDIS_URL to where it is';
  return `Redis at ${publicAddress(url)} does not answer (${said}): ${remedy}.`;
}
