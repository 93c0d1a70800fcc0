import { Redis } from 'ioredis';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
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

test('a clock that was a year ahead for a moment puts no schedule off: the worker says so and sets it anew', async () => {
  const right = await worker();
  await right.kill('SIGTERM');
  const ahead = await worker(365 * 24 * hourMs);
  // It takes the ticks, which are a year late by its clock, and sets the next ones.
  await ahead.says('run skipped');
  ahead.process.kill('SIGUSR2');
  // A worker looks once a minute, and whenever its connection comes back.
  await dropConnections();
  await ahead.says('schedule set anew');
  await expectTicks();
  const ended = await ahead.kill('SIGTERM');
  expect(ended.output + ended.errors).toContain('"fault":"tick-too-far"');
});

test('a clock that was set back an hour leaves no hour without runs: the next worker sets its schedules anew', async () => {
  const ahead = await worker(hourMs);
  await ahead.kill('SIGTERM');
  expect((await ticks())['purge-windows']?.queued).toBeGreaterThan(Date.now() + hourMs / 2);
  const right = await worker();
  await expectTicks();
  const { output, errors } = await right.kill('SIGTERM');
  expect(output + errors).toContain('"job":"purge-windows","fault":"tick-too-far"');
  expect(output + errors).toContain('"job":"refresh-timed-devices","fault":"tick-too-far"');
});
