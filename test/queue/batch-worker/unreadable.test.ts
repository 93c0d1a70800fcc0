import { expect, it } from 'vitest';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopReason } from '../../../src/queue/stop-run.ts';
import { imbalances, type Report } from '../../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { startYesMan } from '../yes-man.ts';

const redis = useRedis();
const users = ['kari', 'ola'].map((username) => ({ username }));

/** A run in enforce whose apply batches are on the queue, which is paused. */
async function openRunWithBatches() {
  const { url, asked } = await startYesMan();
  const fixture = openQueueFixture(redis(), {
    users,
    environment: { POINTSHARP_URL: url, PURGE_WINDOWS_BATCH_SIZE: '1', PURGE_WINDOWS_MAX_SHARE: '1' },
  });
  const { context, work } = fixture;
  const { runs, vendors } = context.queues;
  await vendors.pointsharp.pause();
  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await work();
  const batches = await until(async () => {
    const run = await findRun(runs, id);
    if (!stateToShow(run?.data)?.fannedOut || (await runs.getJobState(id)) !== 'waiting-children')
      return false;
    return vendors.pointsharp.getPrioritized();
  });
  return { ...fixture, asked, id, batches };
}

async function reportAtEnd({ queues: { runs } }: WorkerContext, id: string): Promise<Report> {
  await until(async () => (await runs.getJob(id))?.finishedOn);
  const report = await findReport(runs, id);
  if (!report) throw new Error('the run has no report');
  return report;
}

it('a batch whose progress cannot be read fails at once, costs only itself, and is reported', async () => {
  const { context, id, asked, batches, lines } = await openRunWithBatches();
  const [spoiled] = batches;
  await spoiled?.updateProgress({ pending: 'everything' });
  await context.queues.vendors.pointsharp.resume();
  const report = await reportAtEnd(context, id);
  expect(report.run.reason).toContain('The progress of this batch in Redis cannot be read');
  expect(report.users).toMatchObject({ selected: 2, inspected: 1, notReached: 1 });
  expect(report.actions).toMatchObject({ planned: 4, applied: 2, notReached: 2 });
  expect(imbalances(report)).toEqual([]);
  expect(asked).toHaveLength(2);
  const failed = lines().filter(({ msg }) => msg === 'queue job failed');
  expect(failed.map((line) => line.id)).toEqual([spoiled?.id]);
});

it('a batch that cost more workers than are allowed stops its run, and says what to raise', async () => {
  const { context, id, batches } = await openRunWithBatches();
  const { runs, vendors, redis: client } = context.queues;
  // As BullMQ leaves it when it takes a batch from the 21st worker.
  const deferred = { stc: 21, defa: 'job stalled more than allowable limit' };
  await client.hset(vendors.pointsharp.toKey(batches[0]?.id ?? ''), deferred);
  await vendors.pointsharp.resume();
  const reason = await until(async () => {
    const run = await runs.getJob(id);
    return run && stopReason(run);
  });
  expect(reason).toContain('21 workers were lost at the same place of this run (one of its batches)');
  expect(reason).toContain('--max-old-space-size in NODE_OPTIONS');
  const report = await reportAtEnd(context, id);
  expect(report.users).toMatchObject({ selected: 2 });
  expect(imbalances(report)).toEqual([]);
});

it('a run whose state cannot be read fails with a clear reason, and none of its batches writes', async () => {
  const { context, id, asked, batches, lines } = await openRunWithBatches();
  const { redis: connection, prefix } = context.queues;
  await connection.hset(`${prefix}:run:${id}`, 'state', '{"phase":"apply","limits":{}}');
  expect((await findReport(context.queues.runs, id))?.run).toMatchObject({
    status: 'running',
    reason: expect.stringContaining('The state of this run in Redis cannot be read'),
  });
  await context.queues.vendors.pointsharp.resume();
  const report = await reportAtEnd(context, id);
  expect(report.run).toMatchObject({
    status: 'failed',
    reason: expect.stringMatching(
      /^The state of this run in Redis cannot be read: .* start the run again\.$/,
    ),
  });
  expect(asked).toEqual([]);
  const failed = lines().filter(
    ({ msg, queue }) => msg === 'queue job failed' && queue === 'caretaker-pointsharp',
  );
  expect(failed).toHaveLength(batches.length);
});
