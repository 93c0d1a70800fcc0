import { expect, test } from 'vitest';
import { readReport } from '../../src/queue/messages/report.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import type { Observer } from '../../src/queue/observer.ts';
import { readLastRun, rememberLastRun } from '../../src/queue/records/last-run.ts';
import { pause, resume } from '../../src/queue/records/pauses.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import type { RunFacts } from '../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

/** Writes down which runs it is told of. */
function recorder() {
  const told: RunFacts[] = [];
  const observer: Observer = {
    runEnded: ({ run }) => told.push(run),
    batchEnded() {},
    budgetWaited() {},
    redisRefused() {},
    lost() {},
    exchanges: () => () => {},
  };
  return { told, observer };
}

test('each run is told once over all processes, and so is each request that is skipped', async () => {
  const { told, observer } = recorder();
  const fixture = openQueueFixture(redis(), { users });
  const { context } = fixture;
  const { runs } = context.queues;
  await fixture.work({ ...context, observer });
  await fixture.work(fixture.another({ observer }));
  const ended = (id = '') => until(async () => (await runs.getJob(id))?.finishedOn);

  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode: 'observe' }, { trigger: 'command' }, id);
  await ended(id);
  const request = await runs.add('purge-windows', { mode: 'observe' });
  // The request hands on the report of its run.
  await ended(request.id);
  await pause(context.queues, 'purge-windows', { by: null }, context.now());
  const refused = await runs.add('purge-windows', { mode: 'observe' });
  await ended(refused.id);
  const wrong = await runs.add('purge-windows', { mode: 'nonsense' } as never);
  await ended(wrong.id);

  await until(async () => told.length === 4);
  expect(told.map(({ status, trigger }) => [status, trigger])).toEqual([
    ['completed', 'command'],
    ['completed', 'queue'],
    ['skipped', 'queue'],
    ['failed', 'queue'],
  ]);
  expect(new Set(told.map((run) => run.id)).size).toBe(4);
  expect(told[0]?.id).toBe(id);
});

test('the last run is kept, and when a run last succeeded in its mode; a skipped one is none', async () => {
  const fixture = openQueueFixture(redis(), { users });
  const { context } = fixture;
  const { runs } = context.queues;
  await fixture.work();
  expect(await readLastRun(context.queues, 'purge-windows')).toBeUndefined();
  async function run(id: string): Promise<void> {
    await addRun(runs, 'purge-windows', { mode: 'observe' }, { trigger: 'command' }, id);
    await until(async () => (await runs.getJob(id))?.finishedOn);
  }
  const id = newRunId('purge-windows', context.now());
  await run(id);
  const report = readReport((await runs.getJob(id))?.returnvalue);
  const finishedAt = report?.run.finishedAt ?? 'none';
  const last = { status: 'completed', finishedAt, succeededAt: { observe: finishedAt } };
  expect(await readLastRun(context.queues, 'purge-windows')).toMatchObject(last);
  await pause(context.queues, 'purge-windows', { by: null }, context.now());
  const refused = await runs.add('purge-windows', { mode: 'observe' });
  await until(async () => (await runs.getJob(refused.id ?? ''))?.finishedOn);
  expect(await readLastRun(context.queues, 'purge-windows')).toMatchObject(last);

  await resume(context.queues, 'purge-windows');
  // Neither says anything of the whole roster.
  const named = newRunId('purge-windows', context.now().plus({ seconds: 2 }));
  await addRun(runs, 'purge-windows', { mode: 'enforce', users: ['kari'] }, { trigger: 'command' }, named);
  await until(async () => (await runs.getJob(named))?.finishedOn);
  expect(await readLastRun(context.queues, 'purge-windows')).toMatchObject(last);
  if (!report) throw new Error('There is no report.');
  const short = {
    ...report,
    run: { ...report.run, finishedAt: 'later', reason: 'not everything was reached' },
  };
  await rememberLastRun(context.queues, {}, short);
  expect(await readLastRun(context.queues, 'purge-windows')).toMatchObject({
    finishedAt: 'later',
    succeededAt: { observe: finishedAt },
  });
});
