import { Cluster } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { askRedis, type RedisConnection } from './connection.ts';
import { redisErrorCode } from './errors.ts';
import { checkFitness, type RedisFitness } from './fitness.ts';
import { parseInfo, type RedisInfo } from './info.ts';

/** What is seen of a Redis by somebody who looks closely. */
export interface RedisLook {
  readonly fitness: RedisFitness;
  /** Of a cluster, that of one master. */
  readonly info: RedisInfo;
  /** Its clock, epoch milliseconds. */
  readonly timeMs: number;
  readonly refused: readonly RefusedCommand[];
}

/** A command that Redis refused. */
export interface RefusedCommand {
  /** For people: what the command is for, and its name. */
  readonly command: string;
  /** The code of the reply: `NOPERM` when its user lacks the right. */
  readonly code: string;
  /** The reply, for people. */
  readonly reply: string;
}

/** How long a key that could not be removed stays. */
const probeExpiresMs = 60_000;

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
    const [seconds = 0, micros = 0] = (await one?.time()) ?? [];
    return {
      fitness,
      info,
      timeMs: Number(seconds) * 1000 + Number(micros) / 1000,
      refused: await refusedCommands(redis, `${prefix}:doctor:${probe}`),
    };
  });
}

/** One command of each kind that BullMQ and we give. */
async function refusedCommands(redis: RedisConnection, key: string): Promise<readonly RefusedCommand[]> {
  const [stream, set] = [`${key}:stream`, `${key}:set`];
  const expiring = (write: Promise<unknown>, name: string) =>
    write.then(() => redis.pexpire(name, probeExpiresMs));
  const lua = "return redis.call('PEXPIRE', KEYS[1], ARGV[1])";
  const commands: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a write under the prefix (HSET)', () => expiring(redis.hset(key, 'looked', '1'), key)],
    ['a script (EVAL)', () => redis.eval(lua, 1, key, probeExpiresMs)],
    ['a stream (XADD)', () => expiring(redis.xadd(stream, 'MAXLEN', 1, '*', 'looked', '1'), stream)],
    ['a sorted set (ZADD)', () => expiring(redis.zadd(set, 1, 'looked'), set)],
    ['waiting for work (BZPOPMIN)', () => redis.bzpopmin(set, 0.01)],
    ['a removal (DEL)', () => redis.del(key, stream, set)],
  ];
  const refused: RefusedCommand[] = [];
  for (const [command, give] of commands) {
    try {
      await give();
    } catch (error) {
      const code = redisErrorCode(error);
      if (code === undefined || !(error instanceof Error)) throw error;
      refused.push({ command, code, reply: error.message.slice(0, 120) });
    }
  }
  return refused;
}
