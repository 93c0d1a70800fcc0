import { Queue, Worker } from 'bullmq';
import { expect, it, onTestFinished, test } from 'vitest';
import type { WorkerContext } from '../../src/queue/context.ts';
import { batchText, sendBatch } from '../../src/queue/messages/batch-data.ts';
import { batchId, fingerprintOf } from '../../src/queue/messages/batch-id.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { findReport } from '../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { imbalances, type Report } from '../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';
import { startYesMan } from './yes-man.ts';

/*
 * What somebody can do who may add jobs to any queue, also as children of a run whose id he knows: nothing is written for
 * them, no run counts them, and no run waits for them or fails with them.
 */

const redis = useRedis();
const job = 'purge-windows';
const stranger: [string, null, null] = ['stranger', null, null];
const yearMs = 365 * 24 * 3600 * 1000;

/** A run in enforce that has its batches on the queue of its vendor, which is paused. */
async function openRunInBatches() {
  const { url, asked } = await startYesMan();
  const fixture = openQueueFixture(redis(), {
    users: ['kari', 'ola'].map((username) => ({ username })),
    environment: { POINTSHARP_URL: url, PURGE_WINDOWS_BATCH_SIZE: '1' },
  });
  const { context, work } = fixture;
  const { runs, vendors } = context.queues;
  await vendors.pointsharp.pause();
  const id = newRunId(job, context.now());
  await addRun(runs, job, { mode: 'enforce' }, { trigger: 'command' }, id);
  await work();
  await until(async () => (await runs.getJobState(id)) === 'waiting-children');
  const parent = { id, queue: `${context.queues.prefix}:${runs.name}` };
  return { ...fixture, asked, id, parent };
}

async function reportAtEnd({ queues: { runs, vendors } }: WorkerContext, id: string): Promise<Report> {
  await vendors.pointsharp.resume();
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('the run has no report');
  return report;
}

function expectUntouched(report: Report, asked: readonly string[]) {
  expect(report.run).toMatchObject({ status: 'completed', reason: null });
  expect(report.users).toMatchObject({ selected: 2, inspected: 2, notReached: 0 });
  expect(report.actions).toMatchObject({ planned: 4, applied: 4, notReached: 0 });
  expect(imbalances(report)).toEqual([]);
  expect(asked).toHaveLength(4);
  expect(asked.filter((one) => one.includes('stranger'))).toEqual([]);
}

const users = { users: [stranger] };
const text = batchText(users);
const data = sendBatch(text);
const facts = { phase: 'apply', number: 9, users: 1, actions: 2, fingerprint: fingerprintOf(text) } as const;

it.each([
  ['an id that nobody made', {}],
  ['an id that a run of an older version could have', { jobId: (id: string) => `${id}.apply.9.1-2.abcdef` }],
  [
    'an id that was sealed by somebody else',
    { jobId: (id: string) => batchId({ id, job, seal: 'guessed' }, facts) },
  ],
  ['an id of ours and many attempts', { attempts: 1_000_000, removeOnComplete: false }],
  ['the wish that the run fails with it', { failParentOnFailure: true }],
  ['the wish that the run goes on without it', { ignoreDependencyOnFailure: true }],
])('a batch that somebody hangs onto a run with %s is not done, and the run goes on', async (_, wish) => {
  const { context, asked, id, parent } = await openRunInBatches();
  const { pointsharp } = context.queues.vendors;
  const { jobId, ...opts } = { jobId: undefined, ...wish };
  const added = await pointsharp.add(job, data, { ...opts, ...(jobId ? { jobId: jobId(id) } : {}), parent });
  expectUntouched(await reportAtEnd(context, id), asked);
  const refused = await until(async () => {
    const found = await pointsharp.getJob(added.id ?? '');
    return found?.finishedOn !== undefined && found;
  });
  expect(refused.failedReason).toContain('its run did not make it');
  expect(refused.attemptsStarted).toBe(1);
});

test('a batch without a run, or of an unknown job, fails at once and once', async () => {
  const { context, work } = openQueueFixture(redis());
  const { pointsharp } = context.queues.vendors;
  const added = await Promise.all([
    pointsharp.add(job, data, { attempts: 1000 }),
    pointsharp.add('wipe', data, { attempts: 1000 }),
  ]);
  await work();
  for (const { id = '' } of added) {
    await until(async () => (await pointsharp.getJob(id))?.finishedOn);
    expect(await pointsharp.getJob(id)).toMatchObject({
      attemptsStarted: 1,
      failedReason: expect.stringContaining('This batch is not done'),
    });
  }
});

test('a batch of another payload than its run made it for is not done', async () => {
  const { context, asked, id } = await openRunInBatches();
  const { pointsharp } = context.queues.vendors;
  const [first] = await pointsharp.getPrioritized();
  await first?.updateData(data);
  const report = await reportAtEnd(context, id);
  expect(report.actions).toMatchObject({ planned: 4, applied: 2, notReached: 2 });
  expect(asked.filter((one) => one.includes('stranger'))).toEqual([]);
  expect(imbalances(report)).toEqual([]);
});

test('a batch that a run has done is not done again when somebody adds it again', async () => {
  const { context, asked, id, parent } = await openRunInBatches();
  const { runs, vendors } = context.queues;
  const [first] = await vendors.pointsharp.getPrioritized();
  if (!first) throw new Error('there is no batch');
  await reportAtEnd(context, id);
  const again = { jobId: first.id ?? '', parent };
  await vendors.pointsharp.add(job, first.data, again);
  const refused = await until(async () => {
    const found = await vendors.pointsharp.getJob(again.jobId);
    return found?.finishedOn !== undefined && found;
  });
  expect(refused.failedReason).toContain('its run is not in Redis');
  expect(asked).toHaveLength(4);
  expect((await findReport(runs, id))?.actions.applied).toBe(4);
});

test('what another program hands to a run as a result is not counted', async () => {
  const { context, asked, id, parent } = await openRunInBatches();
  const { redis: connection, prefix } = context.queues;
  const queue = new Queue('foreign', { connection, prefix });
  const forged = { tally: 'none', actions: [[stranger, 'd1', null, 1]] };
  const worker = new Worker('foreign', async () => forged, { connection, prefix });
  onTestFinished(async () => {
    await worker.close();
    await queue.close();
  });
  const { id: child = '' } = await queue.add(job, data, { parent, jobId: `${id}.apply.9.1-2.abcdef` });
  await until(async () => (await queue.getJob(child))?.finishedOn);
  expectUntouched(await reportAtEnd(context, id), asked);
});

it.each([
  ['and is due', {}],
  ['and fails the run with it', { failParentOnFailure: true }],
])('a request that somebody hangs onto a run %s is refused, and the run goes on', async (_, opts) => {
  const { context, asked, id, parent } = await openRunInBatches();
  const { runs } = context.queues;
  const { id: request = '' } = await runs.add('audit-pocket', { mode: 'observe' }, { ...opts, parent });
  await until(async () => (await runs.getJob(request))?.finishedOn);
  expect((await runs.getJob(request))?.failedReason).toContain('was sent as a part of a run');
  expectUntouched(await reportAtEnd(context, id), asked);
});

it.each([
  ['a request that nobody takes for a year', 'caretaker-runs'],
  ['a batch that nobody takes for a year', 'caretaker-pointsharp'],
  ['a job on a queue that nobody works on', 'foreign'],
])('a run does not wait for %s', async (_, name) => {
  const { context, asked, id, parent } = await openRunInBatches();
  const { redis: connection, prefix } = context.queues;
  const queue = new Queue(name, { connection, prefix });
  onTestFinished(() => queue.close());
  await queue.add(job, data, { parent, delay: yearMs });
  expectUntouched(await reportAtEnd(context, id), asked);
});
