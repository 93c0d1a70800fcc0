import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { claimJob } from '../../../../src/queue/records/runs/claim-job.ts';
import { findRun } from '../../../../src/queue/records/runs/find-run.ts';
import { addRun, addSkipped } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();
const now = DateTime.fromISO('2026-11-22T02:15:00Z');
const origin = { trigger: 'command' } as const;

test('one run of a job at a time, however many are asked for at once', async () => {
  const { context, another } = openQueueFixture(redis());
  const queues = [context, another(), another()].map(({ queues: { runs } }) => runs);
  const added = await Promise.all(
    [...queues, ...queues].map((runs) =>
      addRun(runs, 'purge-windows', {}, origin, newRunId('purge-windows', now)),
    ),
  );
  const queued = added.filter(({ status }) => status === 'queued');
  expect(queued).toHaveLength(1);
  expect(new Set(added.map(({ id }) => id))).toEqual(new Set([queued[0]?.id]));
  expect(await context.queues.runs.getJobCounts('waiting')).toEqual({ waiting: 1 });
});

test('a run that is there, or about to be added, keeps others from beginning, and one whose process died does not', async () => {
  const { context, work } = openQueueFixture(redis(), { users: [{ username: 'a' }] });
  const { runs, redis: connection, prefix } = context.queues;
  const [lost, next, third] = ['a', 'b', 'c'].map((letter) => `purge-windows-${letter}`);
  const add = (id = '') => addRun(runs, 'purge-windows', {}, origin, id);
  await claimJob(runs, { id: lost ?? '', job: 'purge-windows', request: { origin } });
  expect(await add(next)).toEqual({ id: lost, status: 'already-running' });
  await connection.hincrby(`${prefix}:run:${lost}`, 'claimed', -11);
  expect(await add(next)).toEqual({ id: next, status: 'queued' });
  await connection.hincrby(`${prefix}:run:${next}`, 'claimed', -11);
  expect(await add(third)).toEqual({ id: next, status: 'already-running' });
  // The process that was thought dead was only slow.
  await addSkipped(runs, { id: lost ?? '', job: 'purge-windows', request: { origin } });
  await work();
  const ended = await until(async () => {
    const run = await runs.getJob(lost ?? '');
    return run?.finishedOn !== undefined && run;
  });
  expect(ended.failedReason).toBe(`overlap: run ${next} came first`);
});

test('runs of different jobs do not stand in each other’s way', async () => {
  const { runs } = openQueueFixture(redis()).context.queues;
  const added = await Promise.all(
    ['purge-windows', 'audit-pocket'].map((job) => addRun(runs, job, {}, origin, newRunId(job, now))),
  );
  expect(added.map(({ status }) => status)).toEqual(['queued', 'queued']);
});

test('after the end of a run the next one is possible', async () => {
  const { context, work } = openQueueFixture(redis(), { users: [{ username: 'a' }] });
  const { runs } = context.queues;
  const add = () =>
    addRun(runs, 'purge-windows', { mode: 'observe' }, origin, newRunId('purge-windows', now));
  const first = await add();
  await work();
  await until(async () => (await runs.getJob(first.id))?.finishedOn);
  const second = await add();
  expect(second.status).toBe('queued');
  expect(second.id).not.toBe(first.id);
});

test('a run is told from a request, and keeps what was asked and by whom', async () => {
  const { runs } = openQueueFixture(redis()).context.queues;
  const request = { mode: 'enforce', users: ['åsa'], requestedBy: 'helpdesk' } as const;
  const { id } = await addRun(
    runs,
    'purge-windows',
    { ...request, users: ['åsa'] },
    origin,
    newRunId('purge-windows', now),
  );
  const plain = await runs.add('purge-windows', {});
  expect((await findRun(runs, id))?.data).toEqual({ ...request, origin });
  expect(await findRun(runs, plain.id ?? '')).toBeUndefined();
  expect((await runs.getJob(id))?.data).toMatchObject({ run: id, users: 1 });
});

test('an id of a run tells its job and its time, and cannot be foreseen', () => {
  const ids = [newRunId('purge-windows', now), newRunId('purge-windows', now)];
  for (const id of ids) expect(id).toMatch(/^purge-windows-20261122T021500Z-[0-9a-f]{6}$/);
  expect(ids[0]).not.toBe(ids[1]);
});
