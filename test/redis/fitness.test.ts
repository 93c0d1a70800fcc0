import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { checkRedis } from '../../src/redis/connection.ts';
import { checkPlanFile } from '../../src/redis/fitness.ts';
import { redisAt } from '../queue/redis-at.ts';

/** What a Redis says that is as it should be. */
const fit = {
  redis_version: '7.2.4',
  role: 'master',
  maxmemory_policy: 'noeviction',
  maxmemory: '0',
  used_memory: '1000000',
  aof_enabled: '1',
  cluster_enabled: '0',
};

const infoOf = (facts: Readonly<Record<string, string | undefined>>) =>
  Object.entries({ ...fit, ...facts })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}:${value}\r\n`)
    .join('');

test.each([
  ['as it should be', {}],
  ['the oldest that is good enough', { redis_version: '6.2.0' }],
  ['a Valkey', { redis_version: '7.2.4', valkey_version: '8.1.0' }],
  ['a version with a suffix', { redis_version: '7.4.1-rc1' }],
  ['a version that nobody can read', { redis_version: 'unstable' }],
  ['a version of three digits', { redis_version: '255.255.255' }],
  ['exactly full enough', { maxmemory: '1000', used_memory: '800' }],
])('%s is fit', (_, facts) => {
  expect(checkPlanFile(infoOf(facts))).toEqual({ refusals: [], warnings: [] });
});

test('what a managed Redis does not tell is not held against it', () => {
  expect(checkPlanFile('# Server\r\n')).toEqual({ refusals: [], warnings: [] });
  expect(checkPlanFile('')).toEqual({ refusals: [], warnings: [] });
});

test.each([
  ['6.0.16', { redis_version: '6.0.16' }, 'has version 6.0.16, which is too old; use 6.2.0 or newer.'],
  ['5', { redis_version: '5' }, 'has version 5, which is too old; use 6.2.0 or newer.'],
  ...['allkeys-lru', 'volatile-ttl', 'allkeys-random'].map(
    (policy) =>
      [
        policy,
        { maxmemory_policy: policy },
        `may throw away keys of the queues (maxmemory-policy ${policy}); set maxmemory-policy to noeviction.`,
      ] as const,
  ),
  [
    'a replica',
    { role: 'slave' },
    'is a replica and takes no writes; name the master in REDIS_URL, or set REDIS_SENTINELS.',
  ],
  ['a node of a cluster', { cluster_enabled: '1' }, 'is a node of a cluster; set REDIS_CLUSTER=true.'],
] as const)('%s is refused, with what to do', (_, facts, text) => {
  expect(checkPlanFile(infoOf(facts))).toEqual({ refusals: [`Redis ${text}`], warnings: [] });
});

test.each([
  [
    'no append-only file',
    { aof_enabled: '0' },
    'keeps no append-only file: what is under way and the history of runs are lost with it; set appendonly yes.',
  ],
  [
    'no room for a large run',
    { maxmemory: '1000', used_memory: '801' },
    'is 80 % full (801 of 1000 bytes); give it more memory before a large run.',
  ],
])('%s is warned about', (_, facts, text) => {
  expect(checkPlanFile(infoOf(facts))).toEqual({ refusals: [], warnings: [`Redis ${text}`] });
});

test('everything that is wrong is told at once, and whose it is in a cluster', () => {
  const info = infoOf({
    redis_version: '6.0.0',
    maxmemory_policy: 'allkeys-lfu',
    cluster_enabled: '1',
    aof_enabled: '0',
  });
  const { refusals, warnings } = checkPlanFile(info, { name: 'Redis at 10.0.0.7:6379', inCluster: true });
  expect(refusals).toHaveLength(2);
  expect(warnings).toHaveLength(1);
  for (const text of [...refusals, ...warnings]) expect(text).toMatch(/^Redis at 10\.0\.0\.7:6379 /);
});

test.each([
  ['allkeys-lru', 1],
  ['noeviction', 0],
])('a real Redis with maxmemory-policy %s is refused %d times', async (policy, times) => {
  const redis = await startPrivateRedis({ appendOnly: true, settings: { 'maxmemory-policy': policy } });
  onTestFinished(() => redis.stop());
  const { refusals, warnings } = await checkRedis(redisAt(redis.url));
  expect(refusals.filter((text) => text.includes(policy))).toHaveLength(times);
  expect(refusals).toHaveLength(times);
  expect(warnings).toEqual([]);
});

test('a real Redis that keeps nothing and is nearly full is warned about twice', async () => {
  const redis = await startPrivateRedis({ settings: { maxmemory: '1kb' } });
  onTestFinished(() => redis.stop());
  const { refusals, warnings } = await checkRedis(redisAt(redis.url));
  expect(refusals).toEqual([]);
  expect(warnings).toEqual([
    expect.stringContaining('keeps no append-only file'),
    expect.stringContaining('of 1024 bytes'),
  ]);
});
