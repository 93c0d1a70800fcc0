import { Cluster } from 'ioredis';
import type { RedisConnection } from './connection.ts';
import { parseInfo, type RedisInfo } from './info.ts';

/** What Redis uses of its memory, in bytes; a maximum of 0 is none. */
export type RedisMemory = Pick<RedisInfo, 'usedBytes' | 'maxBytes'> & {
  /** Whether it, or a master of the cluster, may evict keys; undefined where it does not say. */
  readonly mayEvict?: boolean;
};

/** Asks Redis for its memory; of a cluster, the fullest master: that one refuses writes first. */
export async function readMemory(redis: RedisConnection): Promise<RedisMemory> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const found = await Promise.all(nodes.map(async (node) => parseInfo(await node.info('memory'))));
  const fullest = found.sort((one, other) => shareOf(other) - shareOf(one))[0];
  if (!fullest) throw new Error('The cluster has no master.');
  const policies = found.flatMap(({ maxmemoryPolicy }) => maxmemoryPolicy ?? []);
  const mayEvict = policies.length > 0 && { mayEvict: policies.some((policy) => policy !== 'noeviction') };
  return { usedBytes: fullest.usedBytes, maxBytes: fullest.maxBytes, ...mayEvict };
}

function shareOf({ usedBytes, maxBytes }: RedisMemory): number {
  return maxBytes > 0 ? usedBytes / maxBytes : usedBytes / Number.MAX_SAFE_INTEGER;
}
