import { expect, test } from 'vitest';
import type { WorkerContext } from '../../../../src/queue/context.ts';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../../src/queue/records/runs/find-run.ts';
import { findReport, recentRuns } from '../../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { foundSchedules, setSchedule, tickId } from '../../../../src/queue/schedules/schedules.ts';
import { openQueueFixture, until, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

async function finished({ queues: { runs } }: WorkerContext, id: string | undefined) {
  await until(async () => (await runs.getJob(id ?? ''))?.finishedOn);
}

function add(context: WorkerContext, job: string) {
  return addRun(
    context.queues.runs,
    job,
    { mode: 'observe' },
    { trigger: 'command' },
    newRunId(job, context.now()),
  );
}

test('runs are listed once each, the newest first, and those under way before all', async () => {
  const { context, work } = openQueueFixture(redis(), { users });
  await work();
  const { runs } = context.queues;
  const first = await add(context, 'purge-windows');
  await finished(context, first.id);
  const request = await runs.add('purge-windows', { mode: 'observe', requestedBy: 'helpdesk' });
  await finished(context, request.id);
  await runs.pause();
  const open = await add(context, 'audit-pocket');
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
  const { context, work } = openQueueFixture(redis(), { users });
  const { runs } = context.queues;
  const yearly = { job: 'purge-windows', schedule: { everyMs: 365 * 24 * 3_600_000 }, timeZone: 'UTC' };
  await setSchedule(runs, yearly, context.now(), context.now().toMillis());
  const { next = 0 } = (await foundSchedules(runs))[0] ?? {};
  const tick = { id: tickId('purge-windows', next) };
  await work();
  await finished(context, tick.id);
  const [run, ...others] = await until(async () => {
    const listed = await recentRuns(runs, 10);
    return listed.some(({ run: { status } }) => status === 'completed') && listed;
  });
  expect(others).toEqual([]);
  expect(run?.run).toMatchObject({ trigger: 'schedule', status: 'completed' });
  expect(await findReport(runs, tick.id)).toEqual(run);
});

test('the next tick of a schedule is no run yet', async () => {
  const { context } = openQueueFixture(redis(), { users });
  const { runs } = context.queues;
  const tick = await runs.upsertJobScheduler('yearly', { pattern: '0 0 1 1 *' }, { name: 'purge-windows' });
  expect(tick?.id).toMatch(/^repeat:yearly:/);
  expect(await findReport(runs, tick?.id ?? '')).toBeUndefined();
  expect(await recentRuns(runs, 10)).toEqual([]);
});

test('a request that could not be understood is a failed one with its reason', async () => {
  const { context, work } = openQueueFixture(redis());
  await work();
  const { runs } = context.queues;
  const request = await runs.add('purge-windows', { mode: 'sometimes' } as never);
  await finished(context, request.id);
  const report = await findReport(runs, request.id ?? '');
  expect(report?.run).toMatchObject({
    id: request.id,
    status: 'failed',
    reason: expect.stringContaining('mode'),
  });
  expect(await recentRuns(runs, 5)).toEqual([report]);
});

test('a run that is not there has no report', async () => {
  const { context } = openQueueFixture(redis());
  expect(await findReport(context.queues.runs, 'purge-windows-1')).toBeUndefined();
  expect(await recentRuns(context.queues.runs, 5)).toEqual([]);
});

test('a run whose report cannot be read is listed as failed, and the others as they are', async () => {
  const { context, work } = openQueueFixture(redis(), { users });
  await work();
  const { runs, redis: connection } = context.queues;
  const spoiled = await add(context, 'purge-windows');
  await finished(context, spoiled.id);
  const sound = await add(context, 'audit-pocket');
  await finished(context, sound.id);
  await connection.hset(runs.toKey(spoiled.id), 'returnvalue', '{"run":{"status":"completed"}}');
  expect((await findReport(runs, spoiled.id))?.run).toMatchObject({
    id: spoiled.id,
    status: 'failed',
    reason: 'the report of this run in Redis cannot be read',
  });
  expect((await recentRuns(runs, 10)).map(({ run }) => run.id)).toEqual([sound.id, spoiled.id]);
});

test.each([
  ['enforce', { selected: 2, inspected: 0, failed: 0, notReached: 2, notAsked: 0 }],
  ['observe', { selected: 2, inspected: 2, failed: 0, notReached: 0, notAsked: 0 }],
] as const)('the report of a purge in %s tells nobody as done before a batch is', async (mode, expected) => {
  const { context, work } = openQueueFixture(redis(), { users });
  const { runs, vendors } = context.queues;
  await vendors.pointsharp.pause();
  await work();
  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode }, { trigger: 'command' }, id);
  await until(async () => {
    const state = stateToShow((await findRun(runs, id))?.data);
    const hasEnded = (await runs.getJob(id))?.finishedOn !== undefined;
    return hasEnded || (state?.phase === 'apply' && state.fannedOut);
  });
  expect((await findReport(runs, id))?.users).toEqual(expected);
});
