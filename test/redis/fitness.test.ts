import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { checkRedis } from '../../src/redis/connection.ts';
import { fitnessOf } from '../../src/redis/fitness.ts';
import { parseInfo } from '../../src/redis/info.ts';
import { redisAt } from './redis-at.ts';

/** The fields of INFO of a Redis that is fit. */
const fit = {
  redis_version: '7.2.4',
  role: 'master',
  maxmemory_policy: 'noeviction',
  maxmemory: '0',
  used_memory: '1000000',
  aof_enabled: '1',
  cluster_enabled: '0',
};

const infoOf = (facts: Readonly<Record<string, string>>) =>
  parseInfo(
    Object.entries({ ...fit, ...facts })
      .map(([key, value]) => `${key}:${value}\r\n`)
      .join(''),
  );

test.each([
  ['as it should be', {}],
  ['the oldest that is good enough', { redis_version: '6.2.0' }],
  ['a Valkey', { redis_version: '7.2.4', valkey_version: '8.1.0' }],
  ['a version with a suffix', { redis_version: '7.4.1-rc1' }],
  ['a version that nobody can read', { redis_version: 'unstable' }],
  ['a version of three digits', { redis_version: '255.255.255' }],
  ['exactly full enough', { maxmemory: '1000', used_memory: '800' }],
])('a Redis is fit: %s', (_, facts) => {
  expect(fitnessOf(infoOf(facts))).toEqual({ errors: [], warnings: [] });
});

test('a Redis is fit as far as a managed Redis does not tell', () => {
  expect(fitnessOf(parseInfo('# Server\r\n'))).toEqual({ errors: [], warnings: [] });
  expect(fitnessOf(parseInfo(''))).toEqual({ errors: [], warnings: [] });
});

test.each([
  [
    '6.0.16',
    { redis_version: '6.0.16' },
    'has version 6.0.16, which is too old.',
    'Use version 6.2.0 or newer.',
  ],
  ['5', { redis_version: '5' }, 'has version 5, which is too old.', 'Use version 6.2.0 or newer.'],
  ...['allkeys-lru', 'volatile-ttl', 'allkeys-random'].map(
    (policy) =>
      [
        policy,
        { maxmemory_policy: policy },
        `may evict keys of the queues (maxmemory-policy ${policy}).`,
        'Set maxmemory-policy to noeviction.',
      ] as const,
  ),
  [
    'a replica',
    { role: 'slave' },
    'is a replica and accepts no writes.',
    'Name the master in REDIS_URL, or set REDIS_SENTINELS.',
  ],
  ['a node of a cluster', { cluster_enabled: '1' }, 'is a node of a cluster.', 'Set REDIS_CLUSTER=true.'],
] as const)('a Redis is refused, with what to do: %s', (_, facts, problem, advice) => {
  expect(fitnessOf(infoOf(facts))).toEqual({
    errors: [{ problem: `Redis ${problem}`, advice }],
    warnings: [],
  });
});

test.each([
  [
    'no append-only file',
    { aof_enabled: '0' },
    'keeps no append-only file: a restart loses runs under way and finished ones.',
    'Set appendonly yes.',
  ],
  [
    'no room for a large run',
    { maxmemory: '1000', used_memory: '801' },
    'is 80 % full (801 of 1000 bytes).',
    'Give it more memory before a large run.',
  ],
])('a Redis gets a warning, with what to do: %s', (_, facts, problem, advice) => {
  expect(fitnessOf(infoOf(facts))).toEqual({
    errors: [],
    warnings: [{ problem: `Redis ${problem}`, advice }],
  });
});

test('everything that is wrong with a node of a cluster is reported at once, with its address', () => {
  const info = infoOf({
    redis_version: '6.0.0',
    maxmemory_policy: 'allkeys-lfu',
    cluster_enabled: '1',
    aof_enabled: '0',
  });
  const { errors, warnings } = fitnessOf(info, { name: 'Redis at 10.0.0.7:6379', inCluster: true });
  expect(errors).toHaveLength(2);
  expect(warnings).toHaveLength(1);
  for (const { problem } of [...errors, ...warnings]) expect(problem).toMatch(/^Redis at 10\.0\.0\.7:6379 /);
});

test.each([
  ['allkeys-lru', 1],
  ['noeviction', 0],
])('a real Redis with maxmemory-policy %s is refused %d times', async (policy, times) => {
  const redis = await startPrivateRedis({ appendOnly: true, settings: { 'maxmemory-policy': policy } });
  onTestFinished(() => redis.stop());
  const { errors, warnings } = await checkRedis(redisAt(redis.url));
  expect(errors.filter(({ problem }) => problem.includes(policy))).toHaveLength(times);
  expect(errors).toHaveLength(times);
  expect(warnings).toEqual([]);
});

test('a real Redis that keeps nothing and is nearly full is warned about twice', async () => {
  const redis = await startPrivateRedis({ settings: { maxmemory: '1kb' } });
  onTestFinished(() => redis.stop());
  const { errors, warnings } = await checkRedis(redisAt(redis.url));
  expect(errors).toEqual([]);
  expect(warnings.map(({ problem }) => problem)).toEqual([
    expect.stringContaining('keeps no append-only file'),
    expect.stringContaining('of 1024 bytes'),
  ]);
});
