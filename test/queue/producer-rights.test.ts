import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { producerRights } from '../../src/queue/contract.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, useRedis } from './queue-fixture.ts';

const redis = useRedis();
const job = 'purge-windows';

/** Another program, with the rights in Redis that docs/queue-contract.md names. */
async function openProducer() {
  const fixture = openQueueFixture(redis(), { users: [{ username: 'kari' }] });
  const { redis: owner, prefix, runs, vendors } = fixture.context.queues;
  const username = `producer-${prefix.slice(1, 9)}`;
  await owner.call('acl', 'setuser', username, 'on', '>secret', ...producerRights(prefix));
  const connection = new Redis(redis().url, { username, password: 'secret', maxRetriesPerRequest: null });
  const queue = new Queue(runs.name, { connection, prefix });
  const batches = new Queue(vendors.pointsharp.name, { connection, prefix });
  const events = new QueueEvents(runs.name, { connection: connection.duplicate(), prefix });
  for (const one of [queue, batches]) one.on('error', () => {});
  events.on('error', () => {});
  onTestFinished(async () => {
    await Promise.all([queue.close(), batches.close(), events.close()]);
    connection.disconnect();
  });
  return { ...fixture, connection, prefix, queue, batches, events };
}

test('a producer with the rights of the contract adds messages in every way, and waits for their reports', async () => {
  const { work, queue, events } = await openProducer();
  await work();
  for (const opts of [{}, { priority: 3 }, { delay: 1 }]) {
    const message = await queue.add(job, { mode: 'observe' }, opts);
    expect(await message.waitUntilFinished(events)).toMatchObject({ run: { status: 'completed' } });
  }
});

test('a producer with the rights of the contract reaches no run, no batch, no schedule and no record', async () => {
  const { context, connection, prefix, queue, batches } = await openProducer();
  const id = newRunId(job, context.now());
  await addRun(context.queues.runs, job, {}, { trigger: 'command' }, id);
  const parent = { id, queue: `${prefix}:${queue.name}` };
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => connection.hset(`${prefix}:run:${id}`, 'state', '{}'),
    () => connection.hgetall(`${prefix}:run:${id}`),
    () => connection.set(`${prefix}:standing:${job}`, 'mine'),
    () => connection.hset(`${prefix}:pauses`, job, '{}'),
    () => connection.del(queue.toKey(id)),
    () => queue.updateJobProgress(id, { halted: 'by a stranger' }),
    () => queue.add(job, {}, { parent }),
    () => queue.add(job, {}, { jobId: id }),
    () => queue.add(job, {}, { deduplication: { id: job } }),
    () => queue.upsertJobScheduler(job, { every: 1000 }),
    () => connection.flushall(),
    () => connection.keys('*'),
    () => connection.config('GET', 'dir'),
    () => batches.add(job, { users: [['kari', null, null]] }, { parent }),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toThrow(/NOPERM|can't (access|run)/);
  }
});
