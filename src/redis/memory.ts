import { Cluster } from 'ioredis';
import type { RedisConnection } from './connection.ts';

/** What Redis uses of its memory; a maximum of 0 is none. */
export interface RedisMemory {
  readonly usedBytes: number;
  readonly maxBytes: number;
}

/** Asks Redis for its memory; of a cluster, the fullest master: that one refuses writes first. */
export async function readMemory(redis: RedisConnection): Promise<RedisMemory> {
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const found = await Promise.all(nodes.map(async (node) => memoryOf(await node.info('memory'))));
  const fullest = found.sort((one, other) => shareOf(other) - shareOf(one))[0];
  if (!fullest) throw new Error('The cluster has no master.');
  return fullest;
}

function memoryOf(info: string): RedisMemory {
  const fact = (key: string) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return { usedBytes: fact('used_memory'), maxBytes: fact('maxmemory') };
}

function shareOf({ usedBytes, maxBytes }: RedisMemory): number {
  return maxBytes > 0 ? usedBytes / maxBytes : usedBytes / Number.MAX_SAFE_INTEGER;
}
