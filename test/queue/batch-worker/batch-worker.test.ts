import { expect, it } from 'vitest';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

it('a batch holds the queue for what is left of a pause whose beginner died before the queue was held', async () => {
  const { context, work } = openQueueFixture(redis(), { users: [{ username: 'kari' }] });
  const { prefix, runs, vendors, redis: connection } = context.queues;
  const queue = vendors.pointsharp;
  await connection.set(`${prefix}:storm:pointsharp:pause`, '1', 'PX', 600_000);
  const id = newRunId('refresh-timed-devices', context.now());
  await addRun(runs, 'refresh-timed-devices', {}, { trigger: 'command' }, id);
  await work();
  // Any batch that starts leaves a limit of a second behind; it is not meant here.
  await until(async () => (await queue.getRateLimitTtl()) > 60_000);
  const [batch] = await until(async () => {
    const waiting = await queue.getJobs(['waiting', 'prioritized']);
    return waiting.length > 0 && waiting;
  });
  expect(batch).toMatchObject({ attemptsMade: 0, attemptsStarted: 1 });
});
