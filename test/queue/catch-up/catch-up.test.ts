import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { Unavailable } from '../../../src/clients/vendors.ts';
import { isCatchUp, orderCatchUp } from '../../../src/queue/catch-up/catch-up.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { pause, resume } from '../../../src/queue/records/pauses.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { tickNow } from '../tick.ts';

const redis = useRedis();
const unavailable: Unavailable = { reason: 'unavailable: it is being maintained.', until: undefined };

/** A worker whose vendor cannot be asked until it is told otherwise. */
async function open(environment = {}) {
  const fixture = openQueueFixture(redis(), { environment });
  const { context, another, work } = fixture;
  const vendor: { away: Unavailable | undefined; asked: number } = { away: unavailable, asked: 0 };
  const availability = async () => {
    vendor.asked += 1;
    return vendor.away;
  };
  const clients = { ...context.clients, availability };
  const worker = another({ clients });
  await work(worker);
  return { ...fixture, context: worker, vendor };
}

function reportOf({ queues }: WorkerContext, id = '') {
  return until(async () => {
    const found = await findReport(queues.runs, id);
    return found?.run.finishedAt ? found : undefined;
  });
}

const job = 'audit-pocket';
const reportOfTick = async (context: WorkerContext) => reportOf(context, await tickNow(context, job));
const pending = async ({ queues }: WorkerContext) => (await queues.runs.getDelayed()).filter(isCatchUp);

/** Orders a run that was due so long ago, and looks at it now. */
async function orderedAgo(context: WorkerContext, minutes: number) {
  const dueAt = DateTime.utc().minus({ minutes }).toISO();
  await orderCatchUp(context, job, dueAt, unavailable);
  const [request] = await pending(context);
  await request?.promote();
  return request;
}

test('two ticks during one maintenance are skipped, and one run is ordered to catch up', async () => {
  const { context } = await open();
  const [first, second] = [await reportOfTick(context), await reportOfTick(context)];
  for (const report of [first, second]) {
    expect(report.run).toMatchObject({ status: 'skipped', trigger: 'schedule' });
    expect(report.run.reason).toBe(`${unavailable.reason} The run is caught up once it can be asked.`);
  }
  expect(await pending(context)).toHaveLength(1);
});

test('a run that begins by itself takes the place of the one that is to be caught up', async () => {
  const { context, vendor } = await open();
  await reportOfTick(context);
  expect(await pending(context)).toHaveLength(1);
  vendor.away = undefined;
  // Without a single user it does not get far, but it has begun.
  expect((await reportOfTick(context)).run.status).toBe('stopped');
  expect(await pending(context)).toEqual([]);
});

test('a run that a person asked for is skipped, and not caught up behind his back', async () => {
  const { context } = await open();
  const asked = await context.queues.runs.add(job, { requestedBy: 'kari' });
  const { run } = await reportOf(context, asked.id);
  expect(run).toMatchObject({ status: 'skipped', requestedBy: 'kari' });
  expect(run.reason).toContain('Start the run again later.');
  expect(await pending(context)).toEqual([]);
});

test('a run is caught up no later than CATCH_UP allows', async () => {
  const { context, vendor } = await open({ AUDIT_POCKET_CATCH_UP: 'PT1H' });
  vendor.away = undefined;
  const request = await orderedAgo(context, 61);
  const { run } = await reportOf(context, request?.id);
  expect(run).toMatchObject({ status: 'skipped', reason: expect.stringContaining('missed') });
});

test('a run that is to be caught up waits on while its vendor cannot be asked, and then runs', async () => {
  const { context, vendor } = await open();
  await reportOfTick(context);
  const [request] = await pending(context);
  const first = request?.delay;
  await request?.promote();
  await until(async () => (await request?.isDelayed()) && (await context.queues.runs.getActiveCount()) === 0);
  expect(first).toBe(300_000);
  expect(await pending(context)).toHaveLength(1);
  vendor.away = undefined;
  await request?.promote();
  const report = await reportOf(context, request?.id);
  expect(report.run).toMatchObject({ status: 'stopped', trigger: 'schedule' });
});

test('a run that is to be caught up is left out where another has run since it was due', async () => {
  const { context, vendor, lines } = await open();
  vendor.away = undefined;
  await reportOfTick(context);
  const started = () => lines().filter(({ msg }) => msg === 'run started').length;
  expect(started()).toBe(1);
  const request = await orderedAgo(context, 10);
  await until(async () => (await request?.isCompleted()) || (await request?.isFailed()));
  expect(await request?.isCompleted()).toBe(true);
  expect(await pending(context)).toEqual([]);
  expect(started()).toBe(1);
});

test('a vendor that somebody paused is not asked how it is, before a run or to catch one up', async () => {
  const { context, vendor } = await open();
  const { queues, now } = context;
  await pause(queues, 'superoffice', { by: 'kari' }, now());
  // Without a single user the run ends by itself.
  expect((await reportOfTick(context)).run.status).toBe('stopped');
  const request = await orderedAgo(context, -1);
  await until(async () => (await request?.isDelayed()) && (await queues.runs.getActiveCount()) === 0);
  expect(vendor.asked).toBe(0);
  await resume(queues, 'superoffice');
  await request?.promote();
  await until(async () => vendor.asked > 0);
});

test('a message that pretends to catch a run up starts none, and costs only itself', async () => {
  const { context, vendor, lines } = await open();
  vendor.away = undefined;
  const forged = await context.queues.runs.add(job, {}, { jobId: 'catch-up-of-somebody' });
  await until(() => forged.isCompleted());
  await reportOfTick(context);
  expect(lines().filter(({ msg }) => msg === 'run started')).toHaveLength(1);
});
