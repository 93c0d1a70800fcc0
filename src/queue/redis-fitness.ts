import { compareVersions } from 'compare-versions';
import type { Redis } from 'ioredis';

/** What is not right with a Redis: what must not be, and what deserves a look. */
export interface RedisFitness {
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** The oldest server whose commands BullMQ 6 and we rely on. */
const oldestVersion = '6.2.0';
/** A Redis fuller than this share of its limit has no room for a large run. */
const fullAt = 0.8;

/** Reads from a Redis what decides whether it can be trusted with the queues. */
export async function checkFitness(redis: Redis): Promise<RedisFitness> {
  return judgeFitness(await redis.info());
}

/** Judges the answer of `INFO`. What a managed Redis does not tell is not held against it. */
export function judgeFitness(info: string): RedisFitness {
  const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const refusals: string[] = [];
  const warnings: string[] = [];
  const version = fact('redis_version');
  if (version && compareVersions(version, oldestVersion) < 0) {
    refusals.push(`Redis ${version} is too old; ${oldestVersion} or newer is needed.`);
  }
  const policy = fact('maxmemory_policy');
  if (policy && policy !== 'noeviction') {
    refusals.push(
      `Redis may throw away keys of the queues (maxmemory-policy ${policy}); set maxmemory-policy to noeviction.`,
    );
  }
  if (fact('aof_enabled') === '0') {
    warnings.push(
      'Redis keeps no append-only file: what is under way and the history of runs are lost with it; set appendonly yes.',
    );
  }
  const limit = Number(fact('maxmemory') ?? 0);
  const used = Number(fact('used_memory') ?? 0);
  if (limit > 0 && used > fullAt * limit) {
    const share = Math.round((100 * used) / limit);
    warnings.push(
      `Redis is ${share} % full (${used} of ${limit} bytes); give it more memory before a large run.`,
    );
  }
  return { refusals, warnings };
}
