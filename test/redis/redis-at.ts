import type { RedisConfig } from '../../src/config/redis.ts';

/** The settings of a Redis at an address, with nothing else set. */
export function redisAt(address: string, changes: Partial<RedisConfig> = {}): RedisConfig {
  return {
    url: new URL(address),
    caFile: undefined,
    sentinels: undefined,
    sentinelName: undefined,
    sentinelUsername: undefined,
    sentinelPassword: undefined,
    cluster: false,
    clusterNodes: undefined,
    ...changes,
  };
}
