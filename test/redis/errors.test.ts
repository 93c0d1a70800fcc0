import { Redis, ReplyError } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { redisError, redisErrorCode } from '../../src/redis/errors.ts';
import { advices } from '../../src/redis/troubles.ts';
import { redisAt } from './redis-at.ts';

const config = redisAt('redis://user:canary@cache.example/2');
const withSentinels = redisAt('redis://:canary@nowhere', {
  sentinels: [{ host: 'one', port: 26379 }],
  sentinelName: 'mymaster',
});

test.each([
  ["READONLY You can't write against a read only replica.", 'READONLY'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONGTYPE'],
  ['ERR wrong number of arguments', 'ERR'],
  ['ERR unknown command', 'NO_SUCH_COMMAND'],
  ['EXECABORT Transaction discarded because of: NOPERM User kari has no permissions', 'NOPERM'],
  ['BUSYGROUP Consumer Group name already exists', 'BUSYGROUP'],
  ["ERR Error running script (call to f_ab): @user_script:1: -READONLY You can't write against", 'READONLY'],
  ['ERR Error running script (call to f_ab): @user_script: 1: -OOM command not allowed when', 'OOM'],
  ['a line without a code', undefined],
])('the code of the reply %j of Redis is %s', (reply, code) => {
  expect(redisErrorCode(new ReplyError(reply))).toBe(code);
});

test.each([new Error('READONLY is only a text here'), 'READONLY', undefined])(
  'what is not a reply of Redis has no code of Redis (%#)',
  (error) => expect(redisErrorCode(error)).toBeUndefined(),
);

test('an error of a real Redis has its code, given directly or by a script', async () => {
  const redis = await startPrivateRedis();
  onTestFinished(() => redis.stop());
  const client = new Redis(redis.socketPath);
  onTestFinished(() => client.disconnect());
  await client.set('text', '1');
  const codeOf = (command: Promise<unknown>) => command.then(() => 'none', redisErrorCode);
  expect(await codeOf(client.hset('text', 'a', '1'))).toBe('WRONGTYPE');
  expect(await codeOf(client.eval("return redis.call('HSET', KEYS[1], 'a', '1')", 1, 'text'))).toBe(
    'WRONGTYPE',
  );
});

test.each([
  ['NOPERM this user has no permissions', 'Give its user the rights that the configuration page lists'],
  ['NOAUTH Authentication required.', 'Check user and password in REDIS_URL.'],
  ['WRONGPASS invalid username-password pair', 'Check user and password in REDIS_URL.'],
  ['ERR invalid password', 'Check user and password in REDIS_URL.'],
  ["READONLY You can't write", 'It is a replica: name the master in REDIS_URL, or set REDIS_SENTINELS.'],
  ['ERR This instance has cluster support disabled', 'It is not a cluster: remove REDIS_CLUSTER.'],
  ["OOM command not allowed when used memory > 'maxmemory'.", 'raise its maxmemory'],
  ['MISCONF Redis is configured to save RDB snapshots', 'It cannot save to its disk'],
  ['NOREPLICAS Not enough good replicas to write.', 'min-replicas-to-write'],
  ['BUSY Redis is busy running a script.', 'SCRIPT KILL'],
  ['LOADING Redis is loading the dataset in memory', 'wait until it has'],
  ['MASTERDOWN Link with MASTER is down', 'bring the master back'],
  ['CLUSTERDOWN The cluster is down', 'CLUSTER INFO'],
  ['ERR max number of clients reached', 'raise its maxclients'],
  ['ERR DB index is out of range', 'the number of the database in REDIS_URL'],
  ["ERR unknown command 'BZPOPMIN'", 'that has all commands'],
  ['ERR something new', 'Check the log of Redis.'],
])('the reply %j of Redis is reported with what to do', (reply, advice) => {
  const error = redisError(config, new ReplyError(reply));
  expect(error.problem).toBe(
    `Redis at redis://cache.example/2 refuses commands: ${reply.replace(/\.$/, '')}.`,
  );
  expect(error.advice).toContain(advice);
  expect(error.refusal).toBeDefined();
});

test.each([
  [
    'failed to connect to sentinel one:26379 because NOAUTH Authentication required.',
    'REDIS_SENTINEL_USERNAME',
  ],
  ['failed to connect to sentinel one:26379 because WRONGPASS invalid', 'REDIS_SENTINEL_USERNAME'],
  ['connected to sentinel one:26379 successfully, but got an invalid reply: null', 'REDIS_SENTINEL_NAME'],
  [
    'failed to connect to sentinel one:26379 because ERR No such master with that name',
    'REDIS_SENTINEL_NAME',
  ],
  ['failed to connect to sentinel one:26379 because connect ECONNREFUSED', 'set REDIS_SENTINELS'],
])('what ioredis tells of a Sentinel, %j, is reported with what to do', (message, advice) => {
  expect(redisError(withSentinels, new Error(message)).advice).toContain(advice);
});

test('the same trouble has the same text and advice, though ioredis waits longer each time', () => {
  const [first, later] = [100, 1600].map((ms) =>
    redisError(
      withSentinels,
      new Error(`All sentinels are unreachable. Retrying from scratch after ${ms}ms. Last error: timeout`),
    ),
  );
  expect(first?.message).toBe(later?.message);
});

test('each kind of trouble has advice of its own', () => {
  const all = Object.values(advices);
  expect(new Set(all).size).toBe(all.length);
});

test('what is no reply of Redis is told as silence, and not as a refusal', () => {
  const error = redisError(config, new Error('OOM is only a text here'));
  expect(error.problem).toContain('is not available');
  expect(error.refusal).toBeUndefined();
});

test('a failed cluster reports what its last node said', () => {
  const lastNodeError = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const failed = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError });
  const cluster = redisAt('redis://one:7000', { cluster: true });
  expect(redisError(cluster, failed).message).toBe(
    'The Redis Cluster at one:7000 is not available: connection refused (ECONNREFUSED). Start it, or set REDIS_URL to its address.',
  );
});

test('an expired certificate of Redis is to be renewed, not trusted', () => {
  const error = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
  expect(redisError(config, error).message).toMatch(
    /certificate has expired \(CERT_HAS_EXPIRED\)\. Renew the certificate of Redis, or correct the clock of this machine\.$/,
  );
});

test('an untrusted certificate is reported with its code and with REDIS_CA_FILE', () => {
  const error = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(redisError(config, error).message).toBe(
    'Redis at redis://cache.example/2 is not available: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT). ' +
      'Set REDIS_CA_FILE, or use the host name in the certificate.',
  );
});

test('an error without any text is reported by its code, or as unknown', () => {
  expect(redisError(config, Object.assign(new Error(''), { code: 'EWEIRD' })).problem).toContain(': EWEIRD.');
  expect(redisError(config, new Error('')).problem).toContain(': unknown error.');
});
