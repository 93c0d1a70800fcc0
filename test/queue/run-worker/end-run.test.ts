import { expect, it } from 'vitest';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { endRun } from '../../../src/queue/run-worker/end-run.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const environment = { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' };
const stopped = { status: 'stopped', reason: 'stopped by kari' };
const rows = [{ username: 'kari' }, { username: 'ola' }].map((user, index) => ({ line: index + 2, user }));

it('a run that is stopped while its roster is counted ends, and is not held for a day', async () => {
  const { context, work, another } = openQueueFixture(redis(), { environment });
  const { queues } = context;
  const reading = Promise.withResolvers<void>();
  const worker = another({
    openRoster: async () => ({
      name: 'roster',
      async *read() {
        await reading.promise;
        yield rows;
      },
      close: async () => {},
    }),
  });
  const id = newRunId('purge-windows', context.now());
  await addRun(queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await work(worker);
  await until(async () => stateToShow((await findRun(queues.runs, id))?.data)?.phase === 'gate');
  await endRun(queues, id, 'stopped by kari', context.now());
  reading.resolve();
  await until(async () => (await findReport(queues.runs, id))?.run.finishedAt != null);
  expect((await findReport(queues.runs, id))?.run).toMatchObject(stopped);
});

it('a run that becomes held just before word of its stop is there ends as well', async () => {
  const { context, work, another } = openQueueFixture(redis(), {
    environment,
    users: rows.map(({ user }) => user),
  });
  const { queues } = context;
  const id = newRunId('purge-windows', context.now());
  await addRun(queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  // Whoever stops it has seen that it is not held; then the worker holds it.
  const stopping = another().queues;
  const write = stopping.runs.updateJobProgress.bind(stopping.runs);
  stopping.runs.updateJobProgress = async (...given) => {
    await work();
    await until(async () => {
      const run = await findRun(queues.runs, id);
      return stateToShow(run?.data)?.phase === 'held' && (await run?.isDelayed());
    });
    await write(...given);
  };
  await endRun(stopping, id, 'stopped by kari', context.now());
  await until(async () => (await findReport(queues.runs, id))?.run.finishedAt != null);
  expect((await findReport(queues.runs, id))?.run).toMatchObject(stopped);
});
