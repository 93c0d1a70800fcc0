import { expect, it } from 'vitest';
import { maintenanceJob, openBatch } from '../../../src/queue/batch-worker/open-batch.ts';
import { batchText } from '../../../src/queue/messages/batch-data.ts';
import { batchId } from '../../../src/queue/messages/batch-id.ts';
import { beginRun } from '../../../src/queue/messages/run-state.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

it.each([
  ['one user', 0, 1, true],
  ['one user less than a batch holds', 0, 99, true],
  ['as many users as a batch holds', 0, 100, false],
  ['few users, but it is not the first', 1, 3, false],
])('a batch of %s is taken for the whole run or not', async (_, number, users, expected) => {
  const { context } = openQueueFixture(redis());
  const job = maintenanceJob('refresh-timed-devices');
  const settings = context.config.jobs[job.name];
  if (!settings) throw new Error(`There is no job ${job.name}.`);
  const state = { ...beginRun(job, settings, 'observe', context.now()), batchSize: 100 };
  const text = batchText({
    users: Array.from({ length: users }, (_, index) => [`user ${index}`, null, null] as const),
  });
  const id = { phase: 'plan', number, users, actions: 0, fingerprint: 'abc' } as const;
  const received = { id: batchId({ id: 'run', job: job.name, seal: 'seal' }, id), text };
  const beginning = { runId: 'run', kept: undefined, isNamed: false };
  const batch = await openBatch(context, job, state, received, beginning);
  expect(batch.isWholeRun).toBe(expected);
  expect(batch.items).toBe(users);
});
