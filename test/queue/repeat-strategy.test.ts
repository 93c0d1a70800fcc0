import { readFileSync } from 'node:fs';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { nextTimes } from '../../src/config/schedule/schedule.ts';
import { zonesThatChange } from '../config/schedule/zones.ts';
import { openQueueFixture, until, useRedis } from './queue-fixture.ts';

const redis = useRedis();
const dayMs = 86_400_000;

test('there is one cron-parser in the tree: BullMQ reads a schedule as we do', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  const found = Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/cron-parser'));
  expect(found).toEqual(['node_modules/cron-parser']);
});

test('what schedules shows is what BullMQ queues, at every change of every clock in the next two years', async () => {
  const { runs } = openQueueFixture(redis()).context.queues;
  const now = DateTime.utc().startOf('day').plus({ days: 3 }).toMillis();
  const patterns = ['0 0 * * *', '30 23 * * *', '15 2 * * *', '0 * * * *'];
  const zones = zonesThatChange(now, now + 730 * dayMs);
  expect(zones.length).toBeGreaterThan(20);
  for (const { zone, changes } of zones) {
    for (const day of changes) {
      for (const pattern of patterns) {
        const startDate = day - dayMs / 2;
        const tick = await runs.upsertJobScheduler('audit-pocket', { pattern, tz: zone, startDate });
        const shown = nextTimes({ pattern }, zone, DateTime.fromMillis(startDate), 1);
        expect(tick?.opts.prevMillis, `${pattern} ${zone}`).toBe(shown[0]?.toMillis());
      }
    }
  }
});

test('a tick on a date at which cron-parser throws is followed by the next one', async () => {
  const { context, work } = openQueueFixture(redis());
  const { runs } = context.queues;
  // BullMQ asks from this moment on, as if the tick of that night were due now.
  const startDate = Date.UTC(2027, 3, 2, 12);
  await runs.upsertJobScheduler(
    'audit-pocket',
    { pattern: '15 2 * * *', tz: 'Australia/Lord_Howe', startDate },
    { name: 'audit-pocket' },
  );
  const [tick] = await runs.getDelayed();
  await tick?.promote();
  await work();
  const next = await until(async () => (await runs.getDelayed()).find(({ id }) => id !== tick?.id));
  expect(
    DateTime.fromMillis(next.opts.prevMillis ?? 0, { zone: 'Australia/Lord_Howe' }).toFormat('HH:mm'),
  ).toBe('02:15');
});
