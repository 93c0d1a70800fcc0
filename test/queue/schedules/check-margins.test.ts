import { Worker } from 'bullmq';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { Crew } from '../../../src/queue/context.ts';
import { addRun, newRunId } from '../../../src/queue/run-worker/add-run.ts';
import { usualRun } from '../../../src/queue/run-worker/baseline.ts';
import { reportUnstarted } from '../../../src/queue/run-worker/report.ts';
import { checkMargins } from '../../../src/queue/schedules/check-margins.ts';
import { openWorkshop, until, useRedis } from '../workshop.ts';

const redis = useRedis();
const now = DateTime.fromISO('2026-03-02T12:00:00Z');
const job = 'refresh-timed-devices';

/** Leaves a finished run in the history that took so many hours, whoever it was that took them. */
async function leaveRun({ queues }: Crew, hours: number, users?: string[]): Promise<void> {
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
  const { crew } = openWorkshop(redis(), { environment: { CARETAKER_MODE: 'enforce' } });
  const { runs } = crew.queues;
  expect(await checkMargins(runs, crew.config, now)).toEqual([]);
  for (const hours of [11, 11.5, 12]) await leaveRun(crew, hours);
  expect(await checkMargins(runs, crew.config, now)).toEqual([]);
  for (const hours of [13, 14, 15, 16]) await leaveRun(crew, hours);
  const [problem, ...more] = await checkMargins(runs, crew.config, now);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ job, message: expect.stringContaining('set MARGIN to P1DT13H or more') });
});

test('runs over named users are no measure of what is usual', async () => {
  const { crew } = openWorkshop(redis());
  await leaveRun(crew, 30, ['kari']);
  expect(await usualRun(crew.queues.runs, job, 'enforce', 10)).toBeUndefined();
});
