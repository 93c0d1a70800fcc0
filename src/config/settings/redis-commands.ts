/**
 * Every command that this program gives to Redis, itself or in a script of BullMQ. A test compares the list with what a
 * Redis counted; the doctor tries each, in this order, and the rights of a user follow from it.
 */
export const redisCommands = [
  // A write that needs memory comes first: who is refused it is refused all others like it.
  ...['set', 'get', 'incr', 'incrby', 'exists', 'persist', 'pttl'],
  ...['hset', 'hmset', 'hget', 'hmget', 'hgetall', 'hexists', 'hincrby', 'hlen', 'hscan', 'hdel'],
  ...[
    'lpush',
    'rpush',
    'lset',
    'lindex',
    'llen',
    'lpos',
    'lrange',
    'rpoplpush',
    'lrem',
    'ltrim',
    'lpop',
    'rename',
  ],
  ...['sadd', 'scard', 'sismember', 'smembers', 'sscan', 'srem'],
  ...[
    'zadd',
    'zcard',
    'zscore',
    'zrange',
    'zrangebyscore',
    'zrevrange',
    'zrevrangebyscore',
    'bzpopmin',
    'zpopmin',
  ],
  ...['zrem', 'zremrangebyrank', 'zremrangebyscore'],
  ...['xadd', 'xread', 'xrevrange', 'xtrim'],
  ...['eval', 'evalsha', 'select', 'info', 'time', 'client|list', 'client|setname'],
  ...['pexpire', 'unlink', 'del'],
  // What comes after a MULTI whose EXEC was refused is not carried out.
  ...['multi', 'exec'],
] as const;

/** One of them; the part after a bar is a subcommand. */
export type RedisCommand = (typeof redisCommands)[number];

/** The rights that a user of Redis needs, in the words of `ACL SETUSER`, for keys with this prefix. */
export function redisRights(prefix: string): string {
  // A bar would end the cell of a table.
  const names = new Set(redisCommands.map((command) => command.replace(/\|.*/, '')));
  return [`~${prefix}*`, '-@all', ...[...names].map((name) => `+${name}`)].join(' ');
}
