import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { Unavailable } from '../../../src/clients/vendors.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { findReport } from '../../../src/queue/run-worker/find-report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const unavailable: Unavailable = { reason: 'unavailable: it is being maintained.', until: undefined };

/** A worker whose vendor cannot be asked until it is told otherwise. */
async function open(environment = {}) {
  const fixture = openQueueFixture(redis(), { environment });
  const { context, another, work } = fixture;
  const vendor: { away: Unavailable | undefined } = { away: unavailable };
  const clients = { ...context.clients, availability: async () => vendor.away };
  const worker = another({ clients });
  await work(worker);
  return { ...fixture, context: worker, vendor };
}

async function reportOf({ queues }: WorkerContext, data: object) {
  const { runs } = queues;
  const job = await runs.add('audit-pocket', data);
  return until(async () => {
    const found = await findReport(runs, job.id ?? '');
    return found?.run.finishedAt ? found : undefined;
  });
}

const tick = { origin: { trigger: 'schedule' } };
const pending = ({ queues }: WorkerContext) =>
  queues.runs.getDeduplicationJobId('audit-pocket-catch-up').then((id) => id ?? undefined);

test('two ticks during one maintenance are skipped, and one run is ordered to catch up', async () => {
  const { context } = await open();
  const [first, second] = [await reportOf(context, tick), await reportOf(context, tick)];
  for (const report of [first, second]) {
    expect(report.run).toMatchObject({ status: 'skipped', trigger: 'schedule' });
    expect(report.run.reason).toBe(`${unavailable.reason} The run is caught up once it can be asked.`);
  }
  expect(await context.queues.runs.getDelayedCount()).toBe(1);
});

test('a run that begins by itself takes the place of the one that is to be caught up', async () => {
  const { context, vendor } = await open();
  await reportOf(context, tick);
  expect(await pending(context)).toBeDefined();
  vendor.away = undefined;
  // Without a single user it does not get far, but it has begun.
  expect((await reportOf(context, tick)).run.status).toBe('stopped');
  expect(await pending(context)).toBeUndefined();
  expect(await context.queues.runs.getDelayedCount()).toBe(0);
});

test('a run that a person asked for is skipped, and not caught up behind his back', async () => {
  const { context } = await open();
  const { run } = await reportOf(context, { requestedBy: 'kari' });
  expect(run).toMatchObject({ status: 'skipped', requestedBy: 'kari' });
  expect(run.reason).toContain('Start the run again later.');
  expect(await pending(context)).toBeUndefined();
});

test('a run is caught up no later than CATCH_UP allows', async () => {
  const { context, vendor } = await open({ AUDIT_POCKET_CATCH_UP: 'PT1H' });
  vendor.away = undefined;
  const dueAt = DateTime.utc().minus({ minutes: 61 }).toISO();
  const { run } = await reportOf(context, { origin: { trigger: 'schedule', catchUp: dueAt } });
  expect(run).toMatchObject({ status: 'skipped', reason: expect.stringContaining('missed') });
});

test('a run that is to be caught up waits on while its vendor cannot be asked, and then runs', async () => {
  const { context, vendor } = await open();
  await reportOf(context, tick);
  const request = await context.queues.runs.getJob((await pending(context)) ?? '');
  const first = request?.delay;
  await request?.promote();
  await until(async () => (await request?.isDelayed()) && (await context.queues.runs.getActiveCount()) === 0);
  expect(first).toBe(300_000);
  expect(await context.queues.runs.getDelayedCount()).toBe(1);
  vendor.away = undefined;
  await request?.promote();
  const report = await until(async () => {
    const found = await findReport(context.queues.runs, request?.id ?? '');
    return found?.run.finishedAt ? found : undefined;
  });
  expect(report.run).toMatchObject({ status: 'stopped', trigger: 'schedule' });
});

test('a run that is to be caught up is left out where another has run since it was due', async () => {
  const { context, vendor, lines } = await open();
  vendor.away = undefined;
  const dueAt = DateTime.utc().minus({ minutes: 10 }).toISO();
  await reportOf(context, tick);
  const started = () => lines().filter(({ msg }) => msg === 'run started').length;
  expect(started()).toBe(1);
  const request = await context.queues.runs.add('audit-pocket', {
    origin: { trigger: 'schedule', catchUp: dueAt },
  });
  await until(async () => (await request.isCompleted()) || (await request.isFailed()));
  expect(await request.isCompleted()).toBe(true);
  expect(await context.queues.runs.getJobCountByTypes('waiting', 'active', 'delayed')).toBe(0);
  expect(started()).toBe(1);
});
