import { compareVersions } from 'compare-versions';
import { Cluster, type Redis } from 'ioredis';

/** What is not right with a Redis: what must not be, and what deserves a look. */
export interface RedisFitness {
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** The oldest server whose commands BullMQ 6 and we rely on. */
const oldestVersion = '6.2.0';
/** A Redis fuller than this share of its limit has no room for a large run. */
const fullAt = 0.8;

/** Reads from a Redis, or from every master of a cluster, what decides whether it can be trusted with the queues. */
export async function checkFitness(redis: Redis | Cluster): Promise<RedisFitness> {
  if (!(redis instanceof Cluster)) return checkPlanFile(await redis.info());
  const checked = await Promise.all(
    redis.nodes('master').map(async (node) => {
      const { host, port } = node.options;
      return checkPlanFile(await node.info(), { name: `Redis at ${host}:${port}`, inCluster: true });
    }),
  );
  return {
    refusals: checked.flatMap(({ refusals }) => refusals),
    warnings: checked.flatMap(({ warnings }) => warnings),
  };
}

/** Judges the answer of `INFO`. What a managed Redis does not tell is not held against it. */
export function checkPlanFile(info: string, { name = 'Redis', inCluster = false } = {}): RedisFitness {
  const fact = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const refusals: string[] = [];
  const warnings: string[] = [];
  const version = /^\d+(\.\d+)*/.exec(fact('redis_version') ?? '')?.[0];
  if (version && compareVersions(version, oldestVersion) < 0) {
    refusals.push(`${name} has version ${version}, which is too old; use ${oldestVersion} or newer.`);
  }
  const policy = fact('maxmemory_policy');
  if (policy && policy !== 'noeviction') {
    refusals.push(
      `${name} may throw away keys of the queues (maxmemory-policy ${policy}); set maxmemory-policy to noeviction.`,
    );
  }
  if (fact('role') === 'slave') {
    refusals.push(
      `${name} is a replica and takes no writes; name the master in REDIS_URL, or set REDIS_SENTINELS.`,
    );
  }
  if (fact('cluster_enabled') === '1' && !inCluster) {
    refusals.push(`${name} is a node of a cluster; set REDIS_CLUSTER=true.`);
  }
  if (fact('aof_enabled') === '0') {
    warnings.push(
      `${name} keeps no append-only file: what is under way and the history of runs are lost with it; set appendonly yes.`,
    );
  }
  const limit = Number(fact('maxmemory') ?? 0);
  const used = Number(fact('used_memory') ?? 0);
  if (limit > 0 && used > fullAt * limit) {
    const share = Math.round((100 * used) / limit);
    warnings.push(
      `${name} is ${share} % full (${used} of ${limit} bytes); give it more memory before a large run.`,
    );
  }
  return { refusals, warnings };
}
