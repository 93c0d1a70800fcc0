import { Cluster } from 'ioredis';
import { type RedisCommand, redisCommands } from '../config/settings/redis-commands.ts';
import type { RedisConnection } from './connection.ts';

/** One command of the list, given where it does no harm. */
export interface CommandProbe {
  readonly command: RedisCommand;
  readonly give: () => Promise<unknown>;
}

/** How long a key that could not be removed stays. */
const expiresMs = 60_000;

/** Tries of all commands on keys that begin with this one; in this order each finds what it needs, and nothing is left. */
export function commandProbes(redis: RedisConnection, key: string): readonly CommandProbe[] {
  const [hash, list, set, sorted, stream] = ['hash', 'list', 'set', 'sorted', 'stream'].map(
    (kind) => `${key}:${kind}`,
  );
  const all = [key, hash, list, set, sorted, stream].map(String);
  const words: Readonly<Partial<Record<RedisCommand, readonly unknown[]>>> = {
    set: [key, 1, 'PX', expiresMs],
    get: [key],
    incr: [key],
    incrby: [key, 1],
    exists: [key],
    persist: [list],
    pttl: [key],
    hset: [hash, 'a', 1],
    hmset: [hash, 'a', 1],
    hget: [hash, 'a'],
    hmget: [hash, 'a'],
    hgetall: [hash],
    hexists: [hash, 'a'],
    hincrby: [hash, 'a', 1],
    hlen: [hash],
    hscan: [hash, 0],
    hdel: [hash, 'b'],
    lpush: [list, 'a', 'b'],
    rpush: [list, 'a'],
    lset: [list, 0, 'a'],
    lindex: [list, 0],
    llen: [list],
    lpos: [list, 'a'],
    lrange: [list, 0, 0],
    rpoplpush: [list, list],
    lrem: [list, 0, 'c'],
    ltrim: [list, 0, 1],
    lpop: [list],
    rename: [list, list],
    sadd: [set, 'a'],
    scard: [set],
    sismember: [set, 'a'],
    smembers: [set],
    sscan: [set, 0],
    srem: [set, 'b'],
    zadd: [sorted, 1, 'a', 2, 'b', 3, 'c'],
    zcard: [sorted],
    zscore: [sorted, 'a'],
    zrange: [sorted, 0, 0],
    zrangebyscore: [sorted, 0, 1],
    zrevrange: [sorted, 0, 0],
    zrevrangebyscore: [sorted, 1, 0],
    bzpopmin: [sorted, 0.01],
    zpopmin: [sorted],
    zrem: [sorted, 'd'],
    zremrangebyrank: [sorted, 5, 6],
    zremrangebyscore: [sorted, 5, 6],
    xadd: [stream, 'MAXLEN', 1, '*', 'a', 1],
    xread: ['COUNT', 1, 'STREAMS', stream, 0],
    xrevrange: [stream, '+', '-', 'COUNT', 1],
    xtrim: [stream, 'MAXLEN', 1],
    eval: ['return 1', 1, key],
    evalsha: ['0'.repeat(40), 1, key],
    info: [],
    time: [],
    'client|list': [],
    'client|setname': ['caretaker-doctor'],
    unlink: all,
    del: all,
    multi: [],
    exec: [],
    ...(redis instanceof Cluster ? {} : { select: [redis.options.db ?? 0] }),
  };
  const special: Readonly<Partial<Record<RedisCommand, () => Promise<unknown>>>> = {
    ...(redis instanceof Cluster ? forCluster(redis, key) : {}),
    pexpire: () => Promise.all(all.map((name) => redis.pexpire(name, expiresMs))),
  };
  return redisCommands.map((command) => ({
    command,
    give:
      special[command] ??
      (() => {
        const [name = '', ...sub] = command.split('|');
        return redis.call(name, ...sub, ...(words[command] ?? []).map(String));
      }),
  }));
}

/** A cluster has one database, and sends what has no key to any of its nodes. */
function forCluster(cluster: Cluster, key: string) {
  const transaction = () => cluster.multi().exists(key).exec();
  return { select: () => Promise.resolve(), multi: transaction, exec: transaction };
}
