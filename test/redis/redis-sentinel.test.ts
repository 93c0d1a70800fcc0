import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { type PrivateSentinel, startPrivateSentinel } from '../../simulators/redis/sentinel.ts';
import { jobNames } from '../../src/jobs/index.ts';
import { checkRedis } from '../../src/redis/connection.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { redisAt } from './redis-at.ts';

const users = 50;
let redis: PrivateSentinel;
let endToEnd: EndToEnd;

beforeAll(async () => {
  [redis, endToEnd] = await Promise.all([startPrivateSentinel(), openEndToEnd({ users })]);
});
afterAll(async () => {
  await endToEnd?.close();
  await redis?.stop();
});

/** How the program is told of the Sentinel; where REDIS_URL points to does not matter. */
function environment(): Record<string, string> {
  return {
    REDIS_URL: 'redis://nowhere.invalid/3',
    REDIS_SENTINELS: `127.0.0.1:9,${redis.address}`,
    REDIS_SENTINEL_NAME: redis.name,
  };
}

function sentinels(address: string) {
  const [host = '', port] = address.split(':');
  return [{ host, port: Number(port) }];
}

test('the master of a replicated Redis is found through its Sentinel', async () => {
  const config = redisAt('redis://nowhere.invalid', {
    sentinels: sentinels(redis.address),
    sentinelName: redis.name,
  });
  expect((await checkRedis(config)).errors).toEqual([]);
});

test.each([
  ['a master that the Sentinel does not know', () => redis.address, 'other', 'Check REDIS_SENTINEL_NAME'],
  [
    'a Sentinel that is not there',
    () => '127.0.0.1:9',
    'mymaster',
    'Start it, or set REDIS_SENTINELS to the addresses of the Sentinels',
  ],
])('%s is reported as what it is, with what to do', async (_, address, sentinelName, advice) => {
  const config = redisAt('redis://nowhere.invalid', { sentinels: sentinels(address()), sentinelName });
  await expect(checkRedis(config)).rejects.toMatchObject({
    name: 'RedisError',
    problem: expect.stringContaining(`The Redis master ${sentinelName} of the Sentinels ${address()} `),
    advice: `${advice}.`,
  });
});

test('a replica is refused when REDIS_URL names it as if it were the master', async () => {
  const answer = await endToEnd.run(['trigger', 'audit-pocket'], { REDIS_URL: redis.replica.url });
  expect(answer).toMatchObject({ code: 2, output: '' });
  expect(answer.errors).toContain('is a replica and accepts no writes');
});

test('a worker and a run under way go over to the replica when the master is killed', async () => {
  const { pointsharp } = endToEnd.simulators;
  pointsharp.faults.latencyMs = 40;
  const settings = {
    ...environment(),
    CARETAKER_MODE: 'enforce',
    POINTSHARP_REQUESTS_IN_FLIGHT: '2',
    PURGE_WINDOWS_BATCH_SIZE: '10',
  };
  const worker = endToEnd.start(['worker'], settings);
  // It once never ended: what the worker says then is all there is to go by.
  onTestFailed(() => void process.stderr.write(`${worker.output()}${worker.errors()}\n`));
  await worker.says('worker ready');
  const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--json'], settings)).json<{
    id: string;
  }>();
  await expect.poll(() => pointsharp.traffic.facts().requests, { interval: 10 }).toBeGreaterThan(10);
  await redis.master.kill();
  await worker.says('run finished');
  expect(worker.output().split('redis does not answer')).toHaveLength(2);
  expect(worker.output()).toContain('redis answers again');
  const line =
    worker
      .output()
      .split('\n')
      .find((text) => text.includes('run finished')) ?? '{}';
  expect((JSON.parse(line) as { report?: Report }).report).toMatchObject({
    run: { id, status: 'completed' },
    users: { selected: users, inspected: users, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 2 * users, applied: 2 * users, failed: 0, notReached: 0 },
  });
  const replica = new Redis(redis.replica.socketPath, { db: 3 });
  onTestFinished(() => replica.disconnect());
  expect(await replica.zcard('{caretaker}:caretaker-runs:repeat')).toBe(jobNames.length);
  expect(await worker.kill('SIGTERM')).toMatchObject({ code: 0, errors: '' });
});
