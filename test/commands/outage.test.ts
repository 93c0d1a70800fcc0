import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 400;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  faults.remove();
  faults.latencyMs = 0;
  traffic.reset();
  endToEnd.simulators.reset();
});

const settings = {
  CARETAKER_MODE: 'enforce',
  PURGE_WINDOWS_BATCH_SIZE: '25',
  CARETAKER_RETRY_DELAY: 'PT0.1S',
};

async function requests(count: number): Promise<void> {
  while (endToEnd.simulators.pointsharp.traffic.facts().requests < count) await delay(5);
}

it('a worker leaves a vendor that is down alone, and completes the run once it is back', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  faults.latencyMs = 5;
  const running = endToEnd.run(['run', 'purge-windows', '--json'], settings);
  await requests(users / 2);
  const down = faults.add({ kind: 'reset' });
  // Down until the pauses have grown, whatever the machine takes for it: 0.1 + 0.2 + 0.4 + 0.8 seconds.
  const wasted = () => traffic.facts().faulted.reset ?? 0;
  while (wasted() < 5) await delay(5);
  await delay(1500);
  faults.remove(down);
  const report = (await running).json<Report>();
  expect(report.run).toMatchObject({ status: 'completed', reason: null });
  expect(report.actions).toEqual({
    planned: 2 * users,
    applied: 2 * users,
    skipped: 0,
    failed: 0,
    notReached: 0,
  });
  // The requests in flight when it went down, and one for each probe.
  expect(wasted()).toBeLessThan(20);
  // A reset request was not carried out here, but nobody can know: each is counted as tried again.
  expect(report.repeated).toBeGreaterThanOrEqual(5);
  expect(report.repeated).toBeLessThanOrEqual(wasted());
});

it('a worker pauses the queue for as long as the vendor asks, for all batches', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  faults.add({ kind: 'status', status: 429, headers: { 'Retry-After': '1' }, count: 1 });
  const result = await endToEnd.run(['run', 'purge-windows', '--json'], settings);
  const report = result.json<Report>();
  expect(report.run.status).toBe('completed');
  expect(report.actions.applied).toBe(2 * users);
  const seconds = Date.parse(report.run.finishedAt ?? '') - Date.parse(report.run.startedAt ?? '');
  expect(seconds).toBeGreaterThanOrEqual(1000);
  expect(traffic.facts().byStatus['429']).toBe(1);
});

it('one user for whom the vendor is always too busy fails, and the others are done', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  const username = endToEnd.simulators.people.username(30);
  faults.add({ kind: 'status', status: 503, headers: { 'Retry-After': '0' }, username });
  const report = (await endToEnd.run(['run', 'purge-windows', '--json'], settings)).json<Report>();
  expect(report.run).toMatchObject({ status: 'completed', reason: null });
  expect(report.actions).toMatchObject({ applied: 2 * users - 2, failed: 2, notReached: 0 });
  expect(report.failures[0]).toMatchObject({ user: username });
  expect(traffic.facts().byStatus['503']).toBeLessThan(20);
});

it('stops a run whose vendor asks for a longer pause than the run waits', async () => {
  endToEnd.simulators.pointsharp.faults.add({
    kind: 'status',
    status: 503,
    headers: { 'Retry-After': '7200' },
  });
  const result = await endToEnd.run(['run', 'purge-windows', '--json'], settings);
  expect(result.code).toBe(4);
  expect(result.json<Report>().run.reason).toContain('asks for a pause of 120 minutes');
});

it('a run stops between two batches while its job is paused, and goes on when it is resumed', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  // The run cannot end before it is paused, on however slow a machine.
  faults.latencyMs = 300;
  const queue = new Queue('caretaker-pointsharp', {
    connection: { path: endToEnd.redis.socketPath },
    prefix: '{caretaker}',
  });
  onTestFinished(() => queue.close());
  const worker = endToEnd.start(['worker'], settings);
  await worker.says('worker ready');
  const { id } = (await endToEnd.run(['trigger', 'purge-windows', '--mode', 'enforce', '--json'])).json<{
    id: string;
  }>();
  await requests(50);
  const paused = await endToEnd.run(['pause', 'pointsharp', '--note', 'upgrade tonight']);
  expect(paused.output).toContain('pointsharp: paused');
  expect((await endToEnd.run(['schedules'])).output).toContain('upgrade tonight');
  // Batches under way end, and then nothing comes any more.
  faults.latencyMs = 0;
  while ((await queue.getActiveCount()) > 0) await delay(20);
  const still = traffic.facts().requests;
  expect(still).toBeLessThan(2 * users);
  expect((await endToEnd.run(['runs', id, '--json'])).json<Report>().run.status).toBe('running');
  expect((await endToEnd.run(['runs', id])).output).toMatch(
    /^pointsharp has been paused since .*upgrade tonight/m,
  );
  expect(traffic.facts().requests).toBe(still);

  expect((await endToEnd.run(['resume', 'pointsharp'])).output).toContain('resumed');
  await worker.says('run finished');
  const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
  expect(report.actions.applied).toBe(2 * users);
  await worker.kill('SIGTERM');
});

it('starts no run of a paused job, and says why and how to resume it', async () => {
  await endToEnd.run(['pause', 'purge-windows', '--note', 'roster is being rebuilt']);
  for (const words of [
    ['run', 'purge-windows'],
    ['trigger', 'purge-windows'],
  ]) {
    const result = await endToEnd.run(words, settings);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(
      /^caretaker: purge-windows has been paused since \S+ \S+ UTC by \S+ \(roster is being rebuilt\)\. Resume it with: caretaker resume purge-windows\n$/,
    );
  }
  expect((await endToEnd.run(['resume', 'purge-windows'])).output).toContain('resumed');
  expect((await endToEnd.run(['resume', 'purge-windows'])).output).toContain('was not paused');
  expect((await endToEnd.run(['pause', 'nothing'])).code).toBe(2);
});
