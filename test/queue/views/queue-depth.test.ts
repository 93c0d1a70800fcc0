import { expect, it } from 'vitest';
import { queueDepth } from '../../../src/queue/views/queue-depth.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

it('a queue is as deep as it has jobs, and as old as the one that is to be taken next', async () => {
  const { queues, now } = openQueueFixture(redis()).context;
  const queue = queues.vendors.pointsharp;
  const at = now();
  const ago = (seconds: number) => ({ timestamp: at.toMillis() - seconds * 1000 });
  expect((await queueDepth(queue, at)).oldestAgeMs).toBe(0);
  for (const seconds of [30, 20, 10]) await queue.add('purge-windows', {}, ago(seconds));
  expect(await queueDepth(queue, at)).toMatchObject({ jobs: { waiting: 3 }, oldestAgeMs: 30_000 });
  await queue.add('purge-windows', {}, { ...ago(50), priority: 2 });
  await queue.add('purge-windows', {}, { ...ago(40), priority: 1 });
  // The more urgent of the two goes first, though the other has waited longer.
  expect(await queueDepth(queue, at)).toMatchObject({
    jobs: { waiting: 3, prioritized: 2 },
    oldestAgeMs: 40_000,
  });
});
