import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type PrivateCluster, startPrivateCluster } from '../../simulators/redis/cluster.ts';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { jobNames } from '../../src/jobs/index.ts';
import { foundSchedules } from '../../src/queue/schedules/schedules.ts';
import { checkRedis, openRedis } from '../../src/redis/connection.ts';
import type { Report } from '../../src/runs/report.ts';
import { openQueueFixture, until } from '../queue/queue-fixture.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { redisAt } from './redis-at.ts';

const users = 50;
let cluster: PrivateCluster;
let endToEnd: EndToEnd;

beforeAll(async () => {
  [cluster, endToEnd] = await Promise.all([startPrivateCluster(), openEndToEnd({ users })]);
});
afterAll(async () => {
  await endToEnd?.close();
  await cluster?.stop();
});

function nodeAt(index: number): PrivateRedis {
  const node = cluster.nodes[index];
  if (!node) throw new Error(`The cluster has no node ${index}.`);
  return node;
}
const urlOf = (index: number) => nodeAt(index).url;
const serverOf = (index: number) => {
  const { hostname, port } = new URL(urlOf(index));
  return { host: hostname, port: Number(port) };
};

/** How the program is told of the cluster. */
function environment(): Record<string, string> {
  return { REDIS_URL: urlOf(0), REDIS_CLUSTER: 'true', CARETAKER_MODE: 'enforce' };
}

test('a whole run completes on a cluster of three nodes, and asks each user as often as elsewhere', async () => {
  const { traffic } = endToEnd.simulators.pointsharp;
  const settings = { POINTSHARP_REQUESTS_PER_SECOND: '1000', PURGE_WINDOWS_BATCH_SIZE: '10' };
  const answer = await endToEnd.run(['run', 'purge-windows', '--json'], { ...environment(), ...settings });
  expect(answer.errors).not.toContain('CROSSSLOT');
  expect(answer.code).toBe(0);
  const report = answer.json<Report>();
  expect(report).toMatchObject({
    run: { status: 'completed' },
    users: { selected: users, inspected: users, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 2 * users, applied: 2 * users, failed: 0 },
  });
  expect(traffic.facts().perUser).toEqual({ min: 2, max: 2, total: 2 * users });
});

test('a worker on a cluster sets its schedules, works on what is triggered, and is seen by others whichever node they talk to', async () => {
  const worker = endToEnd.start(['worker'], environment());
  await worker.says('worker ready');
  expect((await endToEnd.run(['trigger', 'audit-pocket'], environment())).code).toBe(0);
  await worker.says('run finished');
  const { context } = openQueueFixture(nodeAt(1), {
    environment: { REDIS_CLUSTER: 'true', CARETAKER_PREFIX: '{caretaker}' },
  });
  expect((await context.queues.runs.getWorkers()).length).toBeGreaterThan(0);
  expect(await foundSchedules(context.queues.runs)).toHaveLength(jobNames.length);
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});

test('one node of a cluster is enough to find the others, also when the first that is named is down', async () => {
  const config = redisAt('redis://127.0.0.1:9', { cluster: true, clusterNodes: [serverOf(2)] });
  expect((await checkRedis(config)).errors).toEqual([]);
  const redis = openRedis(config, () => {});
  try {
    if (!(redis instanceof Cluster)) throw new Error('REDIS_CLUSTER=true opened something else');
    expect(await redis.ping()).toBe('PONG');
    expect(redis.nodes('master')).toHaveLength(3);
  } finally {
    redis.disconnect();
  }
});

test('every master of a cluster is checked, and named when it is not fit', async () => {
  const config = redisAt(urlOf(0), { cluster: true });
  expect((await checkRedis(config)).warnings).toHaveLength(3);
  const node = openRedis(redisAt(urlOf(1)), () => {});
  try {
    await node.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const { errors } = await checkRedis(config);
    expect(errors.map(({ problem }) => problem)).toEqual([
      expect.stringContaining(`Redis at ${new URL(urlOf(1)).host} may evict`),
    ]);
    await node.config('SET', 'maxmemory-policy', 'noeviction');
  } finally {
    node.disconnect();
  }
});

test('a node of a cluster is refused without REDIS_CLUSTER=true', async () => {
  const answer = await endToEnd.run(['trigger', 'purge-windows'], { REDIS_URL: urlOf(0) });
  expect(answer).toMatchObject({ code: 2, output: '' });
  expect(answer.errors).toBe('caretaker: Redis is a node of a cluster. Set REDIS_CLUSTER=true.\n');
});

test('a Redis that is not a cluster is reported as such when REDIS_CLUSTER=true', async () => {
  const lonely = await startPrivateRedis({ port: true });
  onTestFinished(() => lonely.stop());
  const answer = await endToEnd.run(['schedules'], { REDIS_URL: lonely.url, REDIS_CLUSTER: 'true' });
  expect(answer).toMatchObject({ code: 2, output: '' });
  expect(answer.errors).toContain('It is not a cluster: remove REDIS_CLUSTER.');
});

test('while a part of a cluster is down that is reported, a worker waits, a connection opens, and its commands are done later', async () => {
  const config = redisAt(urlOf(0), { cluster: true });
  const owner = new Redis(nodeAt(0).socketPath);
  onTestFinished(() => owner.disconnect());
  await nodeAt(2).kill();
  await until(async () => String(await owner.cluster('INFO')).includes('cluster_state:fail'));
  await expect(checkRedis(config)).rejects.toThrow('The Redis Cluster at');
  const worker = endToEnd.start(['worker'], environment());
  await worker.says('The Redis Cluster at');
  const redis = openRedis(config, () => {});
  onTestFinished(() => redis.disconnect());
  await redis.connect();
  // The slots of the node that is down, and those of the others: all are refused until the cluster is whole.
  const written = Promise.all(['{a}', '{b}', '{c}', '{d}', '{e}'].map((key) => redis.set(key, '1')));
  await nodeAt(2).restart();
  expect(await written).toEqual(['OK', 'OK', 'OK', 'OK', 'OK']);
  await worker.says('worker ready');
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});
