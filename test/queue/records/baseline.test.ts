import { expect, it } from 'vitest';
import { readBaseline, rememberUsual } from '../../../src/queue/records/baseline.ts';
import { makeReport, type RunFacts } from '../../../src/runs/report.ts';
import { emptyTally } from '../../../src/runs/tally.ts';
import { openQueueFixture, useRedis } from '../queue-fixture.ts';

const redis = useRedis();

function reportOf(id: string, selected: number, facts: Partial<RunFacts> = {}, notAsked = 0) {
  const run: RunFacts = {
    id,
    job: 'purge-windows',
    mode: 'enforce',
    trigger: 'schedule',
    requestedBy: null,
    startedAt: '2026-06-01T00:00:00.000Z',
    finishedAt: '2026-06-01T00:01:00.000Z',
    status: 'completed',
    reason: null,
    ...facts,
  };
  const tally = emptyTally();
  tally.users.notAsked = notAsked;
  return makeReport({ run, vendor: 'pointsharp', selected, tally, roster: { rows: 0, rejected: 0 } });
}

it('a frequent job does not push the runs of a rare one out of what is usual', async () => {
  const { context } = openQueueFixture(redis());
  const { queues } = context;
  await rememberUsual(queues, {}, reportOf('rare', 400, { job: 'refresh-timed-devices' }));
  for (let run = 0; run < 150; run += 1) await rememberUsual(queues, {}, reportOf(`frequent-${run}`, 7));
  expect(await readBaseline(queues, 'refresh-timed-devices', 'enforce', 10)).toEqual({
    selected: 400,
    planned: 0,
    durationMs: 60_000,
  });
  expect((await readBaseline(queues, 'purge-windows', 'enforce', 10))?.selected).toBe(7);
});

it('only completed runs over the whole roster in the same mode are a measure, and each once', async () => {
  const { context } = openQueueFixture(redis());
  const { queues } = context;
  await rememberUsual(queues, {}, reportOf('a', 100));
  await rememberUsual(queues, {}, reportOf('b', 300));
  await rememberUsual(queues, {}, reportOf('b', 300));
  await rememberUsual(queues, {}, reportOf('c', 1, { status: 'stopped' }));
  await rememberUsual(queues, { users: ['kari'] }, reportOf('d', 1));
  await rememberUsual(queues, {}, reportOf('e', 1, { mode: 'observe' }));
  const key = `${queues.prefix}:usual:purge-windows:enforce`;
  expect(await queues.redis.llen(key)).toBe(2);
  expect((await readBaseline(queues, 'purge-windows', 'enforce', 1))?.selected).toBe(300);
  await queues.redis.lset(key, 0, 'garbage');
  expect((await readBaseline(queues, 'purge-windows', 'enforce', 10))?.selected).toBe(100);
});

it('a run that asked few is no measure of how long it takes to ask all: the last that asked most still is', async () => {
  const { queues } = openQueueFixture(redis()).context;
  const took = (seconds: number) => ({
    finishedAt: `2026-06-01T00:${String(seconds / 60).padStart(2, '0')}:00.000Z`,
  });
  const durationMs = async (runs: number) =>
    (await readBaseline(queues, 'purge-windows', 'enforce', runs))?.durationMs;
  await rememberUsual(queues, {}, reportOf('all', 100, took(600)));
  for (const id of ['few', 'fewer', 'fewest'])
    await rememberUsual(queues, {}, reportOf(id, 100, took(60), 90));
  expect(await durationMs(3)).toBe(600_000);
  await rememberUsual(queues, {}, reportOf('most', 100, took(300), 50));
  expect(await durationMs(1)).toBe(600_000);
  await rememberUsual(queues, {}, reportOf('slow', 100, took(1200), 90));
  expect(await durationMs(1)).toBe(1_200_000);
  expect((await readBaseline(queues, 'purge-windows', 'enforce', 5))?.selected).toBe(100);
});
