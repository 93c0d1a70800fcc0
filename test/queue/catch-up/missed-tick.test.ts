import { DateTime, Duration } from 'luxon';
import { expect, test } from 'vitest';
import { missedReason } from '../../../src/queue/catch-up/missed-tick.ts';
import { readReport } from '../../../src/queue/messages/report.ts';
import { setSchedule } from '../../../src/queue/schedules/schedules.ts';
import type { Report } from '../../../src/runs/report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const due = DateTime.fromISO('2026-03-01T02:15:00Z', { zone: 'Europe/Oslo' });
const catchUp = Duration.fromISO('PT12H');
const yearly = { job: 'purge-windows', schedule: { everyMs: 365 * 24 * 3_600_000 }, timeZone: 'UTC' };
const tick = { opts: { prevMillis: due.toMillis() } };

test.each([
  ['on time', { seconds: 0 }, false],
  ['a little late', { minutes: 20 }, false],
  ['exactly at the limit', { hours: 12 }, false],
  ['later', { hours: 12, seconds: 1 }, true],
  ['days later', { days: 3 }, true],
] as const)('a tick that is taken %s', (_title, later, missed) => {
  const reason = missedReason(tick, catchUp, due.plus(later));
  expect(reason !== undefined).toBe(missed);
  if (missed) expect(reason).toMatch(/^missed: it was due at 2026-03-01 03:15 Europe\/Oslo.*CATCH_UP PT12H/);
});

test('what no schedule made is never missed', () => {
  expect(missedReason({ opts: {} }, catchUp, due.plus({ years: 1 }))).toBeUndefined();
});

test.each([
  ['makes up for a tick that was overdue within CATCH_UP, with one run', 'PT12H', 'completed'],
  ['reports a tick that is overdue for longer as missed', 'PT1S', 'skipped'],
] as const)('a worker that comes up again %s', async (_title, limit, status) => {
  const users = [{ username: 'kari' }];
  const { context, work } = openQueueFixture(redis(), {
    environment: { PURGE_WINDOWS_CATCH_UP: limit },
    users,
  });
  const { runs, redis: connection } = context.queues;
  await setSchedule(runs, yearly, context.now(), context.now().toMillis());
  const [tick] = await runs.getJobs();
  const key = runs.toKey(tick?.id ?? '');
  // It was due an hour ago, as BullMQ keeps it while nobody is there to take it.
  const opts = JSON.parse((await connection.hget(key, 'opts')) ?? '{}');
  await connection.hset(key, 'opts', JSON.stringify({ ...opts, prevMillis: Date.now() - 3_600_000 }));
  await work();
  const finished = await until(async () => {
    const all = await runs.getJobs(['completed', 'failed']);
    const reports = all.flatMap((one) => readReport(one.returnvalue) ?? []);
    return reports.length > 0 && reports;
  });
  expect(finished.map(({ run }: Report) => run.status)).toEqual([status]);
  expect(finished[0]?.run.reason ?? '').toMatch(status === 'skipped' ? /^missed/ : /^$/);
  expect((await runs.getJob(tick?.id ?? ''))?.failedReason ?? '').toBe('');
});
