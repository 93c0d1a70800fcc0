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

it.each([
  ['purge-windows', 'apply', 0, 120, 0, true],
  ['purge-windows', 'apply', 0, 60, 0, false],
  ['purge-windows', 'apply', 1, 60, 0, false],
  ['refresh-timed-devices', 'canary', 0, 0, 10, true],
  ['refresh-timed-devices', 'canary', 0, 0, 5, false],
  ['refresh-timed-devices', 'apply', 0, 0, 30, false],
  ['audit-pocket', 'plan', 0, 120, 0, true],
] as const)(
  'a batch of %s in the phase %s, number %i of %i users and %i actions, is taken for the whole run or not',
  async (name, phase, number, users, actions, expected) => {
    const { context } = openQueueFixture(redis());
    const job = maintenanceJob(name);
    const settings = context.config.jobs[job.name];
    if (!settings) throw new Error(`There is no job ${job.name}.`);
    const state = { ...beginRun(job, settings, 'enforce', context.now()), selected: 120, planned: 40 };
    const tuples = Array.from({ length: users }, (_, index) => [`user ${index}`, null, null] as const);
    const text = batchText(actions === 0 ? { users: tuples } : { actions: [] });
    const id = { phase, number, users, actions, fingerprint: 'abc' };
    const received = { id: batchId({ id: 'run', job: job.name, seal: 'seal' }, id), text };
    const batch = await openBatch(context, job, state, received, {
      runId: 'run',
      kept: undefined,
      isNamed: false,
    });
    expect(batch.isWholeRun).toBe(expected);
  },
);
