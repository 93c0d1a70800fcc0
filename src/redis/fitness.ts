import { compareVersions } from 'compare-versions';
import { Cluster, type Redis, ReplyError } from 'ioredis';
import { parseInfo, type RedisInfo } from './info.ts';

/** Something about a Redis that is not as the queues need it. */
export interface RedisFlaw {
  /** What is wrong, and with which Redis: a whole sentence. */
  readonly problem: string;
  /** What to do: a whole sentence. */
  readonly advice: string;
}

/** Whether a Redis can be trusted with the queues: not with errors; warnings deserve a look. */
export interface RedisFitness {
  readonly errors: readonly RedisFlaw[];
  readonly warnings: readonly RedisFlaw[];
}

/** The oldest server whose commands BullMQ 6 and we rely on. */
const oldestVersion = '6.2.0';
/** A Redis fuller than this share of its limit has no room for a large run. */
const fullAt = 0.8;

/**
 * Reads from a Redis, or from every master of a cluster, what decides whether it can be trusted with the queues.
 *
 * @throws ReplyError when it is still loading: `INFO` is answered then, and nothing else
 */
export async function checkFitness(redis: Redis | Cluster): Promise<RedisFitness> {
  if (!(redis instanceof Cluster)) return fitnessOf(await loadedInfo(redis));
  const checked = await Promise.all(
    redis.nodes('master').map(async (node) => {
      const { host, port } = node.options;
      const info = await loadedInfo(node);
      return fitnessOf(info, { name: `Redis at ${host}:${port}`, inCluster: true });
    }),
  );
  return {
    errors: checked.flatMap(({ errors }) => errors),
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
}

async function loadedInfo(redis: Redis): Promise<RedisInfo> {
  const info = parseInfo(await redis.info());
  if (info.isLoading) throw new ReplyError('LOADING Redis is loading the dataset in memory');
  return info;
}

/** What is wrong with a Redis. What a managed Redis leaves out of `INFO` is no flaw. */
export function fitnessOf(info: RedisInfo, { name = 'Redis', inCluster = false } = {}): RedisFitness {
  const errors: RedisFlaw[] = [];
  const warnings: RedisFlaw[] = [];
  const { maxmemoryPolicy, usedBytes, maxBytes } = info;
  // Without a suffix such as that of a release candidate.
  const version = /^\d+(\.\d+)*/.exec(info.version ?? '')?.[0];
  if (version && compareVersions(version, oldestVersion) < 0) {
    errors.push({
      problem: `${name} has version ${version}, which is too old.`,
      advice: `Use version ${oldestVersion} or newer.`,
    });
  }
  if (maxmemoryPolicy && maxmemoryPolicy !== 'noeviction') {
    errors.push({
      problem: `${name} may evict keys of the queues (maxmemory-policy ${maxmemoryPolicy}).`,
      advice: 'Set maxmemory-policy to noeviction.',
    });
  }
  if (info.role === 'slave') {
    errors.push({
      problem: `${name} is a replica and accepts no writes.`,
      advice: 'Name the master in REDIS_URL, or set REDIS_SENTINELS.',
    });
  }
  if (info.isClusterNode && !inCluster) {
    errors.push({ problem: `${name} is a node of a cluster.`, advice: 'Set REDIS_CLUSTER=true.' });
  }
  if (info.hasAppendOnlyFile === false) {
    warnings.push({
      problem: `${name} keeps no append-only file: a restart loses runs under way and finished ones.`,
      advice: 'Set appendonly yes.',
    });
  }
  if (maxBytes > 0 && usedBytes > fullAt * maxBytes) {
    const percent = Math.round((100 * usedBytes) / maxBytes);
    warnings.push({
      problem: `${name} is ${percent} % full (${usedBytes} of ${maxBytes} bytes).`,
      advice: 'Give it more memory before a large run.',
    });
  }
  return { errors, warnings };
}
