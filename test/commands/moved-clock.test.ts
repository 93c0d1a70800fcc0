import { Redis } from 'ioredis';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const hourMs = 3_600_000;
const entry = new URL('../faults/shifted-clock.ts', import.meta.url).href;
const shifted = (ms: number) => ({ NODE_OPTIONS: `--import=${entry}`, SHIFT_MS: String(ms) });
const settings = {
  PURGE_WINDOWS_SCHEDULE: '*/5 * * * *',
  REFRESH_TIMED_DEVICES_SCHEDULE: 'every PT15M',
};

let endToEnd: EndToEnd;

beforeEach(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
  return () => endToEnd.close();
});

async function worker(shiftMs = 0): Promise<Caretaker> {
  const started = endToEnd.start(['worker'], { ...settings, ...(shiftMs === 0 ? {} : shifted(shiftMs)) });
  await started.says('worker ready');
  return started;
}

/** By job, the tick that is queued and the next time of its schedule. */
async function ticks(): Promise<Record<string, { queued: number; due: number }>> {
  const shown = await endToEnd.run(['schedules', '--json'], settings);
  const { schedules } = shown.json<{
    schedules: { job: string; nextTick: string | null; next: string[] }[];
  }>();
  return Object.fromEntries(
    schedules.map(({ job, nextTick, next }) => [
      job,
      { queued: Date.parse(nextTick ?? ''), due: Date.parse(next[0] ?? '') },
    ]),
  );
}

/** Every schedule has a queued tick, and no later than its own next time. */
async function expectTicks(): Promise<void> {
  for (const [job, { queued, due }] of Object.entries(await ticks())) {
    expect(queued, job).toBeLessThanOrEqual(due);
  }
}

async function dropConnections(): Promise<void> {
  const client = new Redis(endToEnd.redis.socketPath);
  onTestFinished(() => client.disconnect());
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
}

test('a clock that is a year ahead takes no tick, puts no schedule off, and says so', async () => {
  const right = await worker();
  await right.kill('SIGTERM');
  const ahead = await worker(365 * 24 * hourMs);
  // By it they are a year late.
  await ahead.says('left to a process with the right clock');
  const asked = await endToEnd.run(['trigger', 'audit-pocket', '--json'], settings);
  const { id } = asked.json<{ id: string }>();
  await ahead.says('run stopped: the clocks differ');
  ahead.process.kill('SIGUSR2');
  // A worker looks once a minute, and whenever its connection comes back.
  await dropConnections();
  await ahead.says('the clock is right again');
  // What was offered early may have been run early, and is not asked for again; nothing is a year away. A tick that is set
  // behind this look is put right by the next one, a minute later.
  const isNear = ({ queued, due }: { queued: number; due: number }) => queued < due + 8 * 24 * hourMs;
  await vi.waitFor(async () => expect(Object.values(await ticks()).every(isNear)).toBe(true), {
    timeout: 90_000,
    interval: 500,
  });
  const stopped = await endToEnd.run(['runs', id, '--json']);
  expect(stopped.json<Report>().run.status).toBe('stopped');
  const ended = await ahead.kill('SIGTERM');
  expect(ended.output + ended.errors).not.toContain('missed:');
});

test('a worker that starts with its clock an hour ahead sets no schedule; the next worker does', async () => {
  const ahead = await worker(hourMs);
  const ended = await ahead.kill('SIGTERM');
  expect(ended.output + ended.errors).toContain('no schedule is set by this clock');
  expect(Object.values(await ticks()).filter(({ queued }) => !Number.isNaN(queued))).toEqual([]);
  const right = await worker();
  await expectTicks();
  await right.kill('SIGTERM');
});

const days = 24 * hourMs;
test.each([
  ['three days ahead', 3 * days],
  ['two days behind', -2 * days],
])('a run whose clock is %s writes nothing and ends with 4, in words', async (_, shiftMs) => {
  const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
  const { code, json } = await endToEnd.run(words, shifted(shiftMs));
  const { run, actions } = json<Report>();
  expect({ code, status: run.status, applied: actions.applied }).toEqual({
    code: 4,
    status: 'stopped',
    applied: 0,
  });
  const said =
    /clock of this host says \S+Z, that of Redis says \S+Z, that of pointsharp says \S+Z\. Set the clock of this host by NTP/;
  expect(run.reason).toMatch(said);
  expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
});

test('a vendor whose clock is off stops its runs; one that does not say what time it is does not', async () => {
  const { simulators } = endToEnd;
  const { formats } = simulators.pointsharp;
  simulators.clock.advance(6 * 60_000);
  formats.dateHeader = 'simulated';
  const words = ['run', 'purge-windows', '--mode', 'enforce', '--json'];
  const stopped = await endToEnd.run(words);
  expect(stopped.code).toBe(4);
  expect(stopped.json<Report>().run.reason).toMatch(/Set the clock of pointsharp by NTP: the others agree\./);
  expect(simulators.pointsharp.traffic.facts().requests).toBe(0);
  formats.dateHeader = 'none';
  const whole = await endToEnd.run(words);
  expect(whole.code).toBe(0);
  expect(whole.json<Report>().actions.applied).toBeGreaterThan(0);
});
