import { Cluster } from 'ioredis';
import type { RedisConfig } from '../config/redis.ts';
import { askRedis, type RedisConnection } from './connection.ts';
import { checkFitness, type RedisFitness } from './fitness.ts';

/** What is seen of a Redis by somebody who looks closely. */
export interface RedisLook {
  readonly fitness: RedisFitness;
  /** Of the answer of INFO, as far as Redis tells; of a cluster, those of one master. */
  readonly version: string | undefined;
  readonly policy: string | undefined;
  readonly appendOnly: boolean | undefined;
  readonly role: string | undefined;
  readonly usedBytes: number;
  /** 0 = no limit. */
  readonly maxBytes: number;
  /** Its clock, epoch milliseconds. */
  readonly timeMs: number;
  /** Commands that its user may not give, with what it said. */
  readonly refused: readonly { readonly command: string; readonly said: string }[];
}

/** How long a key that could not be removed stays. */
const probeExpiresMs = 60_000;

/**
 * Looks at Redis: what it is, what its clock says, and whether its user may do what the queues need. Writes
 * keys of its own under the prefix and removes them.
 *
 * @param probe a name for those keys that nobody else uses
 * @throws RedisError when it does not answer
 */
export function lookAtRedis(config: RedisConfig, prefix: string, probe: string): Promise<RedisLook> {
  return askRedis(config, async (redis) => {
    const fitness = await checkFitness(redis);
    const one = redis instanceof Cluster ? redis.nodes('master')[0] : redis;
    const info = (await one?.info()) ?? '';
    const fact = (key: string) => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1];
    const [seconds = 0, micros = 0] = (await one?.time()) ?? [];
    const appendOnly = fact('aof_enabled');
    return {
      fitness,
      version: fact('redis_version'),
      policy: fact('maxmemory_policy'),
      appendOnly: appendOnly === undefined ? undefined : appendOnly === '1',
      role: fact('role'),
      usedBytes: Number(fact('used_memory') ?? 0),
      maxBytes: Number(fact('maxmemory') ?? 0),
      timeMs: Number(seconds) * 1000 + Number(micros) / 1000,
      refused: await refusedCommands(redis, `${prefix}:doctor:${probe}`),
    };
  });
}

/** One command of each kind that BullMQ and we give. */
async function refusedCommands(redis: RedisConnection, key: string): Promise<RedisLook['refused']> {
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
  const refused: { command: string; said: string }[] = [];
  for (const [command, give] of commands) {
    try {
      await give();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ReplyError') throw error;
      refused.push({ command, said: error.message.slice(0, 120) });
    }
  }
  return refused;
}
