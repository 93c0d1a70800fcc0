import { Cluster } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { askRedis, type RedisConnection, redisTime } from './connection.ts';
import { isRefusal, type RedisError, type RefusedCommand, redisErrorCode, refusedError } from './errors.ts';
import { checkFitness, type RedisFitness } from './fitness.ts';
import { parseInfo, type RedisInfo } from './info.ts';
import { type CommandProbe, commandProbes } from './probes.ts';

/** What is seen of a Redis by somebody who looks closely. */
export interface RedisLook {
  readonly fitness: RedisFitness;
  /** Of a cluster, that of one master. */
  readonly info: RedisInfo;
  /** Its clock, epoch milliseconds. */
  readonly timeMs: number;
  readonly refused: readonly RefusedCommand[];
}

/**
 * Looks at Redis: what it is, what its clock says, and whether its user may do what the queues need. Writes
 * keys of its own under the prefix and removes them.
 *
 * @param probe a name for those keys that nobody else uses
 * @throws RedisError when it is not available
 */
export function lookAtRedis(config: RedisConfig, prefix: string, probe: string): Promise<RedisLook> {
  return askRedis(config, async (redis) => {
    const fitness = await checkFitness(redis);
    const one = redis instanceof Cluster ? redis.nodes('master')[0] : redis;
    const info = parseInfo((await one?.info()) ?? '');
    return {
      fitness,
      info,
      timeMs: one ? await redisTime(one) : 0,
      refused: await refusedCommands(redis, keyOf(prefix, probe)),
    };
  });
}

/**
 * What Redis refuses of all that the queues need, for people; undefined when it refuses nothing. Where it refuses every
 * write, or everything, it is asked no more than that.
 *
 * @throws RedisError when it is not available
 */
export function lookForRefusals(
  config: RedisConfig,
  prefix: string,
  probe: string,
): Promise<RedisError | undefined> {
  return askRedis(config, async (redis) =>
    refusedError(config, await refusedCommands(redis, keyOf(prefix, probe), 'until the first')),
  );
}

function keyOf(prefix: string, probe: string): string {
  return `${prefix}:doctor:${probe}`;
}

/** Tries every command, on keys that expire. */
async function refusedCommands(
  redis: RedisConnection,
  key: string,
  how: 'all' | 'until the first' = 'all',
): Promise<readonly RefusedCommand[]> {
  const [first, ...others] = commandProbes(redis, key);
  const found = first ? await tryCommand(first) : [];
  if (how === 'until the first' && found.some(({ code }) => code !== 'NOPERM')) return found;
  // Sent together, and carried out one after the other.
  return [...found, ...(await Promise.all(others.map(tryCommand))).flat()];
}

async function tryCommand({ command, give }: CommandProbe): Promise<RefusedCommand[]> {
  try {
    await give();
    return [];
  } catch (error) {
    const code = redisErrorCode(error);
    // What a command says that came too late or found nothing is no refusal.
    if (code !== undefined && !isRefusal(error)) return [];
    if (code === undefined || !(error instanceof Error)) throw error;
    return [{ command: command.replace('|', ' ').toUpperCase(), code, reply: error.message.slice(0, 120) }];
  }
}
