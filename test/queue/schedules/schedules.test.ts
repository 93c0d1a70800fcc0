import { Worker } from 'bullmq';
import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { jobNames } from '../../../src/jobs/index.ts';
import {
  foundSchedules,
  syncSchedules,
  type WantedSchedule,
  wantedSchedules,
} from '../../../src/queue/schedules/schedules.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const now = DateTime.utc();
const nightly: WantedSchedule = {
  job: 'purge-windows',
  schedule: { pattern: '15 2 * * *' },
  timeZone: 'UTC',
};
const often: WantedSchedule = { job: 'audit-pocket', schedule: { everyMs: 900_000 }, timeZone: 'UTC' };

const open = () => openQueueFixture(redis()).context.queues.runs;
/** Where a minute ends in the middle of a test, a tick is due at once, and no longer delayed. */
const ticksOf = (runs: ReturnType<typeof open>) => runs.getJobCountByTypes('delayed', 'waiting');

async function definitions(runs: ReturnType<typeof open>) {
  const found = await foundSchedules(runs);
  return Object.fromEntries(
    found.map(({ job, raw }) => [job, raw.pattern ? `${raw.pattern} ${raw.tz}` : `every ${raw.every}`]),
  );
}

test('schedules that are wanted are set only once', async () => {
  const runs = open();
  expect(await syncSchedules(runs, [nightly, often], now)).toEqual({
    set: ['purge-windows', 'audit-pocket'],
    removed: [],
  });
  expect(await definitions(runs)).toEqual({
    'purge-windows': '15 2 * * * UTC',
    'audit-pocket': 'every 900000',
  });
  expect(await syncSchedules(runs, [nightly, often], now)).toEqual({ set: [], removed: [] });
});

test('a worker that is told to stop while it reads the schedules changes nothing any more', async () => {
  const runs = open();
  await syncSchedules(runs, [often], now);
  expect(await syncSchedules(runs, [nightly], now, AbortSignal.abort())).toEqual({ set: [], removed: [] });
  expect(Object.keys(await definitions(runs))).toEqual(['audit-pocket']);
});

test('a tick is a request that says it comes from the schedule, and no run by itself', async () => {
  const runs = open();
  await syncSchedules(runs, [nightly], now);
  const [tick] = await runs.getDelayed();
  expect(tick).toMatchObject({ name: 'purge-windows', data: { origin: { trigger: 'schedule' } } });
  expect(tick?.opts.deduplication).toBeUndefined();
});

test('schedules by interval are counted from full ones: nothing fires at once', async () => {
  const runs = open();
  await syncSchedules(runs, [often], now);
  const [{ next = 0 } = {}] = await foundSchedules(runs);
  expect(next % 900_000).toBe(0);
  expect(next).toBeGreaterThan(now.toMillis());
});

test('an overdue tick survives the start of a worker', async () => {
  const runs = open();
  const everySecond: WantedSchedule = { ...nightly, schedule: { pattern: '* * * * * *' } };
  await syncSchedules(runs, [everySecond], now);
  const [tick] = await runs.getDelayed();
  const due = (tick?.timestamp ?? 0) + (tick?.delay ?? 0);
  await until(async () => Date.now() > due);
  await syncSchedules(runs, [everySecond], DateTime.utc());
  const [still] = await runs.getDelayed();
  expect(still?.id).toBe(tick?.id);
});

test.each<[string, WantedSchedule, string]>([
  ['pattern', { ...nightly, schedule: { pattern: '15 3 * * *' } }, '15 3 * * * UTC'],
  ['zone', { ...nightly, timeZone: 'Europe/Stockholm' }, '15 2 * * * Europe/Stockholm'],
  ['kind', { ...nightly, schedule: { everyMs: 60_000 } }, 'every 60000'],
])(
  'another %s of a schedule is set, and its old tick does not fire any more',
  async (_, wanted, expected) => {
    const runs = open();
    await syncSchedules(runs, [nightly], now);
    expect(await syncSchedules(runs, [wanted], now)).toEqual({ set: ['purge-windows'], removed: [] });
    expect(await definitions(runs)).toEqual({ 'purge-windows': expected });
    expect(await ticksOf(runs)).toBe(1);
  },
);

test('another interval of a schedule is set', async () => {
  const runs = open();
  await syncSchedules(runs, [often], now);
  await syncSchedules(runs, [{ ...often, schedule: { everyMs: 60_000 } }], now);
  expect(await definitions(runs)).toEqual({ 'audit-pocket': 'every 60000' });
  expect(await ticksOf(runs)).toBe(1);
});

test('schedules that nobody wants any more are removed with their ticks', async () => {
  const runs = open();
  await syncSchedules(runs, [nightly, often], now);
  await runs.upsertJobScheduler('renamed-job', { pattern: '* * * * *' }, { name: 'renamed-job' });
  const { removed } = await syncSchedules(runs, [nightly], now);
  expect([...removed].sort()).toEqual(['audit-pocket', 'renamed-job']);
  expect(await definitions(runs)).toEqual({ 'purge-windows': '15 2 * * * UTC' });
  expect(await runs.getDelayedCount()).toBe(1);
});

test('several replicas that start at once leave one schedule and one tick for each job', async () => {
  const { context, another } = openQueueFixture(redis());
  const replicas = [context, another(), another(), another()].map(({ queues }) => queues.runs);
  await Promise.all(replicas.map((runs) => syncSchedules(runs, [nightly, often], now)));
  expect(await definitions(context.queues.runs)).toEqual({
    'purge-windows': '15 2 * * * UTC',
    'audit-pocket': 'every 900000',
  });
  expect(await context.queues.runs.getDelayedCount()).toBe(2);
});

test('the configuration wants a schedule for every job that is switched on', () => {
  const { config } = openQueueFixture(redis(), {
    environment: { AUDIT_POCKET_ENABLED: 'false', PURGE_WINDOWS_SCHEDULE: 'every PT15M' },
  }).context;
  const wanted = wantedSchedules(config);
  expect(wanted.map(({ job }) => job)).toEqual(jobNames.filter((job) => job !== 'audit-pocket'));
  expect(wanted.slice(0, 2)).toEqual([
    { job: 'purge-windows', schedule: { everyMs: 900_000 }, timeZone: 'UTC' },
    { job: 'refresh-timed-devices', schedule: { pattern: '45 3 * * *' }, timeZone: 'UTC' },
  ]);
});

test('a tick that was left behind by a schedule which is gone is no obstacle to a new one', async () => {
  const runs = open();
  await syncSchedules(runs, [nightly], now);
  await runs.redis.del(runs.toKey('repeat'), runs.toKey('repeat:purge-windows'));
  expect(await ticksOf(runs)).toBe(1);
  expect(await syncSchedules(runs, [nightly], now)).toEqual({ set: ['purge-windows'], removed: [] });
  expect(await ticksOf(runs)).toBe(1);
  expect(Object.keys(await definitions(runs))).toEqual(['purge-windows']);
});

test('a tick that somebody works on ahead of its time keeps a schedule from being set only as long as that takes', async () => {
  const runs = open();
  await syncSchedules(runs, [nightly], now);
  const [tick] = await runs.getDelayed();
  const worker = new Worker(runs.name, null, { connection: runs.redis, prefix: runs.prefix });
  onTestFinished(() => worker.close());
  await tick?.promote();
  const taken = await worker.getNextJob('token');
  expect(taken?.id).toBe(tick?.id);
  await runs.removeJobScheduler('purge-windows');
  const owed = ['purge-windows'];
  expect(await syncSchedules(runs, [nightly], now)).toEqual({ set: [], removed: [], owed });
  await taken?.moveToDelayed(Date.now() + 60_000, 'token');
  expect(await syncSchedules(runs, [nightly], now)).toEqual({ set: ['purge-windows'], removed: [] });
  expect(await ticksOf(runs)).toBe(1);
});
