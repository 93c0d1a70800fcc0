import { expect, test } from 'vitest';
import type { Crew } from '../../../src/queue/context.ts';
import { addRun, newRunId } from '../../../src/queue/run-worker/add-run.ts';
import { findReport, recentRuns } from '../../../src/queue/run-worker/history.ts';
import { openWorkshop, until, useRedis } from '../workshop.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

async function finished({ queues: { runs } }: Crew, id: string | undefined) {
  await until(async () => (await runs.getJob(id ?? ''))?.finishedOn);
}

function add(crew: Crew, job: string) {
  return addRun(
    crew.queues.runs,
    job,
    { mode: 'observe' },
    { trigger: 'command' },
    newRunId(job, crew.now()),
  );
}

test('runs are listed once each, the newest first, and those under way before all', async () => {
  const { crew, work } = openWorkshop(redis(), { users });
  await work();
  const { runs } = crew.queues;
  const first = await add(crew, 'purge-windows');
  await finished(crew, first.id);
  const request = await runs.add('purge-windows', { mode: 'observe', requestedBy: 'helpdesk' });
  await finished(crew, request.id);
  await runs.pause();
  const open = await add(crew, 'audit-pocket');
  const listed = await recentRuns(runs, 10);
  expect(listed.map(({ run: { id, status } }) => [id, status])).toEqual([
    [open.id, 'running'],
    [expect.stringMatching(/^purge-windows-/), 'completed'],
    [first.id, 'completed'],
  ]);
  expect(listed[1]?.run).toMatchObject({ trigger: 'queue', requestedBy: 'helpdesk' });
  expect(await recentRuns(runs, 1)).toHaveLength(1);
});

test('a tick is not a run of its own, and by its id the run is found that it began', async () => {
  const { crew, work } = openWorkshop(redis(), { users });
  const { runs } = crew.queues;
  const tick = await runs.add('purge-windows', { mode: 'observe', origin: { trigger: 'schedule' } });
  await work();
  await finished(crew, tick.id);
  const [run, ...others] = await until(async () => {
    const listed = await recentRuns(runs, 10);
    return listed.some(({ run: { status } }) => status === 'completed') && listed;
  });
  expect(others).toEqual([]);
  expect(run?.run).toMatchObject({ trigger: 'schedule', status: 'completed' });
  expect(await findReport(runs, tick.id ?? '')).toEqual(run);
});

test('a request that could not be understood is a failed one with its reason', async () => {
  const { crew, work } = openWorkshop(redis());
  await work();
  const { runs } = crew.queues;
  const request = await runs.add('purge-windows', { mode: 'sometimes' } as never);
  await finished(crew, request.id);
  const report = await findReport(runs, request.id ?? '');
  expect(report?.run).toMatchObject({
    id: request.id,
    status: 'failed',
    reason: expect.stringContaining('mode'),
  });
  expect(await recentRuns(runs, 5)).toEqual([report]);
});

test('what is not there has no report', async () => {
  const { crew } = openWorkshop(redis());
  expect(await findReport(crew.queues.runs, 'purge-windows-1')).toBeUndefined();
  expect(await recentRuns(crew.queues.runs, 5)).toEqual([]);
});
