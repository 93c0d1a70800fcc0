import type { ClusterOptions, DNSLookupFunction, RedisOptions } from 'ioredis';
import type { HostPort } from '../config/kinds/address.ts';
import type { RedisConfig } from '../config/redis.ts';
import { readTls } from '../security/tls.ts';

const longestPauseMs = 2_000;
/** How long a Sentinel has to reply before the next one is asked. */
const sentinelTimeoutMs = 3_000;
/** After so long in silence a connection is probed, so that a server that vanished is noticed. */
const probeAfterMs = 10_000;
/** How often, and how long each time, a command waits for a cluster that is failing over: a minute in all. */
const failoverRetries = { times: 200, eachMs: 300 };

/** How long to wait before the next attempt to connect, in milliseconds. */
function pauseBeforeRetry(times: number): number {
  return Math.min(100 * 2 ** Math.min(times, 10), longestPauseMs);
}

/** Options of ioredis for one server, or for the master that Sentinels know. */
export function redisOptions(config: RedisConfig) {
  const { url, sentinels } = config;
  const isSocket = url.protocol === 'unix:';
  const db = isSocket ? url.searchParams.get('db') : url.pathname.slice(1);
  return {
    ...(sentinels
      ? sentinelOptions(config, sentinels)
      : isSocket
        ? { path: decodeURIComponent(url.pathname) }
        : serverOf(url)),
    ...connectionOptions(config),
    db: Number(db || 0),
    retryStrategy: pauseBeforeRetry,
  } satisfies RedisOptions;
}

/** Options of ioredis for a cluster. */
export function clusterOptions(config: RedisConfig) {
  return {
    redisOptions: connectionOptions(config),
    clusterRetryStrategy: pauseBeforeRetry,
    // With it, ioredis 6 never settles a connect() that meets a cluster in trouble, and BullMQ's workers wait for that.
    enableReadyCheck: false,
    maxRedirections: failoverRetries.times,
    retryDelayOnFailover: failoverRetries.eachMs,
    retryDelayOnClusterDown: failoverRetries.eachMs,
    // Certificates are made out for names; by default the addresses behind them would be compared.
    ...(isEncrypted(config) ? { dnsLookup: keepName } : {}),
  } satisfies ClusterOptions;
}

const keepName: DNSLookupFunction = (name, found) => found(null, name);

/** The nodes of a cluster to begin with. */
export function seedNodes({ url, clusterNodes = [] }: RedisConfig): HostPort[] {
  return [serverOf(url), ...clusterNodes];
}

function serverOf(url: URL): HostPort {
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 6379) };
}

function isEncrypted({ url }: RedisConfig): boolean {
  return url.protocol === 'rediss:';
}

/** What holds for every connection, also for those to the nodes of a cluster. */
function connectionOptions(config: RedisConfig) {
  const { username, password } = config.url;
  return {
    ...(isEncrypted(config) ? { tls: readTls('REDIS_', { caFile: config.caFile }) } : {}),
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    // BullMQ's workers wait for Redis as long as it takes.
    maxRetriesPerRequest: null,
    keepAlive: probeAfterMs,
    maxLoadingRetryTime: longestPauseMs,
    // Nothing that a user could lack the right to: its refusal would hide why a connection was refused.
    disableClientInfo: true,
  } satisfies RedisOptions;
}

function sentinelOptions(config: RedisConfig, sentinels: readonly HostPort[]) {
  const { sentinelName: name, sentinelUsername, sentinelPassword, caFile } = config;
  return {
    sentinels: [...sentinels],
    name,
    sentinelRetryStrategy: pauseBeforeRetry,
    sentinelCommandTimeout: sentinelTimeoutMs,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(isEncrypted(config)
      ? { enableTLSForSentinelMode: true, sentinelTLS: readTls('REDIS_', { caFile }) }
      : {}),
  } satisfies RedisOptions;
}
