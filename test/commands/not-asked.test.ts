import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { imbalances, type Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 300;
const weekly = { REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P7D' };
let endToEnd: EndToEnd;
let client: Redis;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
  client = new Redis(endToEnd.redis.socketPath);
});
afterAll(async () => {
  client.disconnect();
  await endToEnd.close();
});
beforeEach(async () => {
  await client.flushall();
  endToEnd.simulators.pointsharp.world.reset();
});

/** A run over the whole roster, or over named users; returns what it says and how many users were asked about. */
async function run(
  extra: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): Promise<{ readonly report: Report; readonly reads: number; readonly errors: string }> {
  const { traffic } = endToEnd.simulators.pointsharp;
  traffic.reset();
  const settings = { ...weekly, CARETAKER_MODE: 'enforce', ...extra };
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json', ...words], settings);
  const report = result.json<Report>();
  expect(report.run.status).toBe('completed');
  expect(imbalances(report)).toEqual([]);
  return { report, reads: traffic.facts().byOperation['GET Device'] ?? 0, errors: result.errors };
}

/** The first run learns how many users there are, the second one keeps what it sees of them. */
async function settle(extra: Readonly<Record<string, string>> = {}): Promise<void> {
  await run(extra);
  const { report } = await run(extra);
  expect(report.users).toMatchObject({ inspected: users, notAsked: 0 });
}

it('once all were seen, only those are asked who can be due, those named by hand, and all when the policy changes', async () => {
  await settle();
  const { report, reads, errors } = await run();
  expect(errors).toContain(`"newAfterHours":132,"msg":"users need not be asked before a new device is due"`);
  expect(report.users.selected).toBe(users);
  expect(report.users.notAsked).toBeGreaterThan(users / 2);
  expect(report.users.inspected).toBeGreaterThan(0);
  expect(reads).toBe(report.users.inspected);

  const text = await endToEnd.run(['runs', report.run.id], weekly);
  expect(text.output).toContain(`not asked: ${report.users.notAsked} users for whom nothing can be due yet`);

  const { people } = endToEnd.simulators;
  const named = Array.from({ length: 20 }, (_, person) => people.username(person));
  const byHand = await run(
    {},
    named.flatMap((name) => ['--user', name]),
  );
  expect(byHand.report.users.notAsked).toBe(0);
  expect(byHand.reads).toBeGreaterThanOrEqual(20);

  const told = new Set<string | null>();
  for (const name of named) {
    if (told.size === 2) break;
    const explained = await endToEnd.run(['explain', name, '--json'], weekly);
    for (const { job, notAskedUntil } of explained.json<{ job: string; notAskedUntil?: string | null }[]>()) {
      if (job === 'refresh-timed-devices')
        told.add(notAskedUntil === null ? 'next run' : String(notAskedUntil).slice(13));
      else expect(notAskedUntil).toBeUndefined();
    }
  }
  expect([...told].sort()).toEqual([':00:00.000Z', 'next run']);

  const changed = await run({ REFRESH_TIMED_DEVICES_MAX_AGE: 'P4Y' });
  expect(changed.report.users.notAsked).toBe(0);
}, 60_000);

it('who is due is asked every night, also when nothing was written or a write failed, and the night after the write', async () => {
  await settle({ CARETAKER_MODE: 'observe' });
  const { report: observed } = await run({ CARETAKER_MODE: 'observe' });
  expect(observed.users.notAsked).toBeGreaterThan(0);
  expect(observed.actions.planned).toBeGreaterThan(50);

  const { faults } = endToEnd.simulators.pointsharp;
  const id = faults.add({ kind: 'status', status: 400, operation: 'PUT Device/UpdateTime', count: 1 });
  const { report: written } = await run();
  faults.remove(id);
  expect(written.actions).toMatchObject({ planned: observed.actions.planned, failed: 1 });

  const { report: next } = await run();
  expect(next.actions).toMatchObject({ planned: 1, applied: 1 });
  expect(next.users.notAsked).toBe(written.users.notAsked);
  const { report: last } = await run();
  expect(last.actions.planned).toBe(0);
  expect(last.users.notAsked).toBeGreaterThan(next.users.notAsked);
}, 60_000);

it('by default everybody is asked every night, and nothing is kept of it', async () => {
  const daily = { REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P1D' };
  await settle(daily);
  const { report, reads } = await run(daily);
  expect(report.users.notAsked).toBe(0);
  expect(reads).toBe(users);
  expect(await client.keys('*outlooks*')).toEqual([]);
  await run();
  expect(await client.keys('*outlooks*')).not.toEqual([]);
}, 60_000);

it('explain says that it cannot know it where Redis does not answer, and what it can', async () => {
  const name = endToEnd.simulators.people.username(1);
  const nowhere = { ...weekly, REDIS_URL: 'redis://127.0.0.1:9' };
  const { code, output } = await endToEnd.run(['explain', name], nowhere);
  expect(code).toBe(0);
  expect(output).toContain('refresh-timed-devices for');
  expect(output).toMatch(/whether the next run asks about this user is not known: .*Redis/);
});
