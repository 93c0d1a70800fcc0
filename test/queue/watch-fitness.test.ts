import { expect, onTestFinished, test } from 'vitest';
import { watchFitness } from '../../src/queue/watch-fitness.ts';
import { readMemory } from '../../src/redis/memory.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';

const redis = useRedis();

test('a maxmemory-policy that is changed under a running worker is told once', async () => {
  const { context, lines } = openQueueFixture(redis());
  const client = context.queues.redis;
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await client.config('SET', 'maxmemory-policy', 'noeviction');
  });
  const told = () =>
    lines().filter(({ warning }) => String(warning).includes('maxmemory-policy allkeys-lru'));
  watchFitness(context, stop.signal, 20);
  expect(told()).toHaveLength(0);
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await until(async () => told().length > 0);
  expect(await readMemory(client)).toMatchObject({ mayEvict: true });
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  expect(await readMemory(client)).toMatchObject({ mayEvict: false });
  expect(told()).toHaveLength(1);
});
