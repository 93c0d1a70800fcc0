import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 300;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
beforeEach(() => {
  endToEnd.simulators.reset();
  endToEnd.simulators.pointsharp.traffic.reset();
  endToEnd.simulators.pointsharp.faults.remove();
  endToEnd.simulators.pointsharp.faults.latencyMs = 0;
});

async function finishedReport(id: string): Promise<Report> {
  for (;;) {
    const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
    if (report.run.status !== 'running') return report;
  }
}

it('lets two workers share one run, and tells another trigger the id of that run', async () => {
  // The run cannot end before the commands beside it have started, on however slow a machine.
  endToEnd.simulators.pointsharp.faults.latencyMs = 1000;
  const workers = [1, 2].map(() =>
    endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '10' }),
  );
  await Promise.all(workers.map((worker) => worker.says('worker ready')));
  const first = await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json']);
  const second = await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json']);
  expect(first.code).toBe(0);
  const { id, status } = first.json<{ id: string; status: string }>();
  expect(status).toBe('queued');
  expect(second.code).toBe(5);
  expect(second.json()).toEqual({ id, status: 'already-running' });
  const third = await endToEnd.run(['run', 'purge-windows', '--json']);
  expect(third.code).toBe(5);
  expect(third.json<Report>().run).toMatchObject({
    status: 'skipped',
    reason: `overlap: run ${id} is under way`,
  });

  endToEnd.simulators.pointsharp.faults.latencyMs = 0;
  const report = await finishedReport(id);
  expect(report.run).toMatchObject({ status: 'completed', trigger: 'command' });
  expect(report.actions).toMatchObject({ planned: 2 * users, applied: 2 * users });
  expect(endToEnd.simulators.pointsharp.traffic.facts().perUser).toEqual({
    min: 2,
    max: 2,
    total: 2 * users,
  });
  // Both did a part, and together they kept to the requests in flight that are allowed.
  expect(endToEnd.simulators.pointsharp.traffic.facts().inFlightPeak).toBeLessThanOrEqual(8);
  await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));

  const again = await endToEnd.run(['run', 'purge-windows', '--json']);
  expect(again.json<Report>().run.status).toBe('completed');
});

it('any BullMQ producer gets the report back as the return value of its own queue job', async () => {
  const worker = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
  await worker.says('worker ready');
  const connection = new Redis(endToEnd.redis.socketPath, { maxRetriesPerRequest: null });
  const queue = new Queue('caretaker-runs', { connection, prefix: '{caretaker}' });
  const events = new QueueEvents('caretaker-runs', {
    connection,
    prefix: '{caretaker}',
  });
  await events.waitUntilReady();
  const { people } = endToEnd.simulators;
  const user = { username: people.username(3), userStorageName: people.storage(3) };
  const job = await queue.add('purge-windows', { mode: 'enforce', users: [user], requestedBy: 'helpdesk' });
  const report: Report = await job.waitUntilFinished(events);
  expect(report.run).toMatchObject({
    trigger: 'queue',
    requestedBy: 'helpdesk',
    status: 'completed',
    mode: 'enforce',
  });
  expect(report.actions).toMatchObject({ planned: 2, applied: 2 });
  expect(endToEnd.simulators.pointsharp.traffic.requestsAbout(3)).toBe(2);

  const bad = await queue.add('purge-windows', { modus: 'enforce', users: [] }, { attempts: 5 });
  await expect(bad.waitUntilFinished(events)).rejects.toThrow(/modus/);
  const failed = await queue.getJob(bad.id ?? '');
  expect(failed?.attemptsMade).toBe(1);
  expect(failed?.failedReason).toMatch(/^The payload of this run cannot be used:.*users/);
  await events.close();
  await queue.close();
  connection.disconnect();
  await worker.kill('SIGTERM');
});

it('a run goes on after the only worker was killed, misses nobody, and its report adds up', async () => {
  const size = 5000;
  const large = await openEndToEnd({ users: size });
  try {
    const settings = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '50' };
    large.simulators.pointsharp.faults.latencyMs = 2;
    const worker = large.start(['worker'], settings);
    await worker.says('worker ready');
    const { id } = (await large.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
      id: string;
    }>();
    const { traffic } = large.simulators.pointsharp;
    while (traffic.facts().requests < size / 2) await new Promise(setImmediate);
    await worker.kill('SIGKILL');
    const asked = traffic.facts().requests;
    expect(asked).toBeLessThan(2 * size);

    const next = large.start(['worker'], settings);
    await next.says('run finished');
    const report = (await large.run(['runs', id, '--json'])).json<Report>();
    await next.kill('SIGTERM');
    expect(report.run.status).toBe('completed');
    expect(report.users).toEqual({ selected: size, inspected: size, failed: 0, notReached: 0, notAsked: 0 });
    expect(report.actions).toEqual({
      planned: 2 * size,
      applied: 2 * size,
      skipped: 0,
      failed: 0,
      notReached: 0,
    });
    const { perUser } = traffic.facts();
    expect(perUser.min).toBeGreaterThanOrEqual(2);
    // What was in flight is asked again, and nothing else: 8 batches of 50 users, two requests each.
    expect(perUser.total - 2 * size).toBeLessThanOrEqual(8 * 50 * 2);
  } finally {
    await large.close();
  }
});
