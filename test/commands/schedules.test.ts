import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { jobNames } from '../../src/jobs/index.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';

interface Row {
  readonly job: string;
  readonly schedule: string;
  readonly timeZone: string;
  readonly state: string;
  readonly next: readonly string[];
  readonly nextTick: string | null;
}

let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 5 });
});
afterAll(() => endToEnd.close());

async function schedules(extra: Record<string, string> = {}): Promise<Row[]> {
  const result = await endToEnd.run(['schedules', '--json'], extra);
  expect(result).toMatchObject({ code: 0, errors: '' });
  return result.json<{ schedules: Row[] }>().schedules;
}

function states(rows: readonly Row[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ job, state }) => [job, state]));
}

const all = (state: string) => Object.fromEntries(jobNames.map((job) => [job, state]));

it('lists schedules as missing, and as in place once a worker was there', async () => {
  const before = await schedules();
  expect(states(before)).toEqual(all('missing'));
  expect(before.map(({ nextTick }) => nextTick)).toEqual(jobNames.map(() => null));

  const worker = endToEnd.start(['worker']);
  await worker.says('worker ready');
  await worker.kill('SIGTERM');
  const after = await schedules();
  expect(states(after)).toEqual(all('in place'));
  // What the queue will do is what is shown.
  for (const { next, nextTick } of after) expect(Date.parse(nextTick ?? '')).toBe(Date.parse(next[0] ?? ''));
});

it('lists schedules that differ from the configuration, and those that it no longer has', async () => {
  const rows = await schedules({
    PURGE_WINDOWS_ENABLED: 'false',
    REFRESH_TIMED_DEVICES_SCHEDULE: 'every PT15M',
    AUDIT_POCKET_TIME_ZONE: 'Europe/Stockholm',
  });
  expect(states(rows)).toEqual({
    ...all('in place'),
    'purge-windows': 'not wanted',
    'refresh-timed-devices': 'differs',
    'audit-pocket': 'differs',
  });
});

it('caretaker schedules shows the next three times in the zone of the schedule', async () => {
  const rows = await schedules({
    REFRESH_TIMED_DEVICES_SCHEDULE: 'every PT15M',
    AUDIT_POCKET_TIME_ZONE: 'Europe/Stockholm',
  });
  const nextOf = (wanted: string) => rows.find(({ job }) => job === wanted)?.next.map((time) => time) ?? [];
  const [first = '', second = '', third = ''] = nextOf('refresh-timed-devices');
  expect(Date.parse(second) - Date.parse(first)).toBe(15 * 60_000);
  expect(Date.parse(third) - Date.parse(second)).toBe(15 * 60_000);
  const mondays = nextOf('audit-pocket').map((time) => DateTime.fromISO(time, { setZone: true }));
  expect(mondays).toHaveLength(3);
  for (const monday of mondays) {
    expect(monday.toFormat('HH:mm:ss c')).toBe('05:30:00 1');
    expect(monday.offset).toBe(monday.setZone('Europe/Stockholm').offset);
  }
});

it('prints the schedules as a table', async () => {
  const result = await endToEnd.run(['schedules']);
  expect(result).toMatchObject({ code: 0, errors: '' });
  expect(result.output).toMatch(/^job +schedule +state +queued +next times$/m);
  const time = String.raw`\d\d-\d\d 02:15`;
  expect(result.output).toMatch(
    new RegExp(`^purge-windows +15 2 \\* \\* \\* +in place +${time} +${time}\n +UTC +${time}$`, 'm'),
  );
  expect(result.output).not.toContain(escapeCode);
});

it('caretaker schedules shows what is really queued: nothing for a schedule whose tick is gone, and one that is too far ahead', async () => {
  const queue = new Queue('caretaker-runs', {
    connection: { path: endToEnd.redis.socketPath },
    prefix: '{caretaker}',
  });
  onTestFinished(() => queue.close());
  const [purge, refresh] = await schedules();
  const client = new Redis(endToEnd.redis.socketPath);
  onTestFinished(() => client.disconnect());
  const tick = `repeat:purge-windows:${Date.parse(purge?.nextTick ?? '')}`;
  await client.zrem('{caretaker}:caretaker-runs:delayed', tick);
  const nextYear = Date.now() + 365 * 86_400_000;
  const schedule = { pattern: refresh?.schedule ?? '', tz: 'UTC', startDate: nextYear };
  const template = { name: 'refresh-timed-devices' };
  await queue.upsertJobScheduler('refresh-timed-devices', schedule, template);

  const rows = await schedules();
  expect(states(rows)).toMatchObject({ 'purge-windows': 'no tick', 'refresh-timed-devices': 'too far' });
  expect(rows[0]?.nextTick).toBeNull();
  expect(Date.parse(rows[1]?.nextTick ?? '')).toBeGreaterThan(nextYear);
  const { output } = await endToEnd.run(['schedules']);
  expect(output).toMatch(/^purge-windows .* no tick +nothing +\d\d-\d\d \d\d:\d\d$/m);
  const doctor = await endToEnd.run(['doctor']);
  expect(doctor.output).toContain('no tick is queued; it should tick at');
  expect(doctor.output).toContain('its next tick lies beyond the next time of the schedule (');
});
