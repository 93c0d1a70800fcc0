import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { addRun, isRun, newRunId, runIdOf } from '../../../src/queue/run-worker/add-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

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
  const run = await runs.getJob(id);
  const plain = await runs.add('purge-windows', {});
  expect(run && isRun(run)).toBe(true);
  expect(isRun(plain)).toBe(false);
  expect(run?.data).toEqual({ ...request, origin });
});

test('an id of a run tells its job and its time, and a request always has the same one', () => {
  const ids = [newRunId('purge-windows', now), newRunId('purge-windows', now)];
  for (const id of ids) expect(id).toMatch(/^purge-windows-20261122T021500Z-[0-9a-f]{6}$/);
  expect(ids[0]).not.toBe(ids[1]);
  const request = { id: '7', name: 'purge-windows', timestamp: now.toMillis() };
  expect(runIdOf(request)).toBe(runIdOf({ ...request }));
  expect(runIdOf(request)).not.toBe(runIdOf({ ...request, id: '8' }));
});
