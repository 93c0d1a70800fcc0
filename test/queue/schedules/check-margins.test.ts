import { Worker } from 'bullmq';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { readBaseline } from '../../../src/queue/records/baseline.ts';
import { reportUnstarted } from '../../../src/queue/run-worker/reports/report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { checkMargins } from '../../../src/queue/schedules/check-margins.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const now = DateTime.fromISO('2026-03-02T12:00:00Z');
const job = 'refresh-timed-devices';

/** Leaves a finished run in the history that took so many hours, whoever it was that took them. */
async function leaveRun({ queues }: WorkerContext, hours: number, users?: string[]): Promise<void> {
  const id = newRunId(job, now);
  await addRun(queues.runs, job, users ? { users } : {}, { trigger: 'schedule' }, id);
  const report = reportUnstarted('pointsharp', {
    id,
    job,
    mode: 'enforce',
    trigger: 'schedule',
    status: 'completed',
    reason: null,
    startedAt: now.toISO(),
    finishedAt: now.plus({ hours }).toISO(),
  });
  const worker = new Worker('caretaker-runs', async () => report, {
    connection: queues.redis,
    prefix: queues.prefix,
  });
  await until(async () => (await queues.runs.getJob(id))?.finishedOn !== undefined);
  await worker.close();
}

test('a margin that covers the gap and the usual run is fine, and one that the runs have outgrown is not', async () => {
  const { context } = openQueueFixture(redis(), { environment: { CARETAKER_MODE: 'enforce' } });
  const { queues } = context;
  expect(await checkMargins(queues, context.config, now)).toEqual([]);
  for (const hours of [11, 11.5, 12]) await leaveRun(context, hours);
  expect(await checkMargins(queues, context.config, now)).toEqual([]);
  for (const hours of [13, 14, 15, 16]) await leaveRun(context, hours);
  const [problem, ...more] = await checkMargins(queues, context.config, now);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ job, message: expect.stringContaining('set MARGIN to P1DT13H or more') });
});

test('runs over named users are no measure of what is usual', async () => {
  const { context } = openQueueFixture(redis());
  await leaveRun(context, 30, ['kari']);
  expect(await readBaseline(context.queues, job, 'enforce', 10)).toBeUndefined();
});
