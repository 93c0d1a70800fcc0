import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { dumpRedis } from './canaries.ts';

/* What somebody finds who gets hold of Redis, or of its append-only file. SECURITY.md says the same in words. */

const users = 60;
let endToEnd: EndToEnd;
let redis: Redis;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
  redis = new Redis(endToEnd.redis.socketPath);
});
afterAll(async () => {
  redis.disconnect();
  await endToEnd.close();
});

/** The users whose names stand somewhere in Redis. */
async function namesIn(): Promise<string[]> {
  const dump = await dumpRedis(redis);
  const names = Array.from({ length: users }, (_, user) => endToEnd.simulators.people.username(user));
  return names.filter((name) => dump.includes(JSON.stringify(name).slice(1, -1)));
}

it('a stolen Redis gives the names of everybody who is looked after while a run is under way or held', async () => {
  const held = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], {
    PURGE_WINDOWS_MAX_ACTIONS: '1',
    PURGE_WINDOWS_HOLD_ON: 'max-actions',
  });
  expect(held.code).toBe(3);
  const refresh = await endToEnd.run(['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'], {
    REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
    REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
  });
  expect(refresh.code).toBe(3);
  expect((await namesIn()).length).toBeGreaterThan(0);
  for (const { run } of (await endToEnd.run(['runs', '--json'])).json<{ run: { id: string } }[]>())
    await endToEnd.run(['reject', run.id]);
  const worker = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
  await worker.says('worker ready');
  await worker.says('run finished');
  await worker.kill('SIGTERM');
});

it('a stolen Redis gives nobody’s name once runs have ended, but those of users who failed or were named by hand', async () => {
  await redis.flushall();
  for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket']) {
    const { code } = await endToEnd.run(['run', job, '--mode', 'enforce'], {
      REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
      CARETAKER_KEEP_PLANNED: '0',
    });
    expect(code).toBe(0);
  }
  expect(await namesIn()).toEqual([]);
  const [failed, named] = [endToEnd.simulators.people.username(0), endToEnd.simulators.people.username(1)];
  endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 400 });
  await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--user', failed]);
  endToEnd.simulators.pointsharp.faults.remove();
  await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--user', named]);
  expect((await namesIn()).sort()).toEqual([failed, named].sort());
});

it('a stolen Redis gives of a run that only observed the names of those whom its plan concerns, unless none are to be kept', async () => {
  await redis.flushall();
  endToEnd.simulators.reset();
  const observe = ['run', 'refresh-timed-devices', '--json'];
  const none = await endToEnd.run(observe, { CARETAKER_KEEP_PLANNED: '0' });
  expect(none.json<Report>().actions.planned).toBeGreaterThan(3);
  expect(await namesIn()).toEqual([]);
  await endToEnd.run(observe, { CARETAKER_KEEP_PLANNED: '3' });
  const names = await namesIn();
  expect(names.length).toBeGreaterThan(0);
  expect(names.length).toBeLessThanOrEqual(3);
  // They go with the run: BullMQ removes what it has of it.
  await endToEnd.run(observe, { CARETAKER_KEEP_PLANNED: '0', CARETAKER_KEEP_RUNS: '1' });
  expect(await namesIn()).toEqual([]);
});

it('a stolen Redis gives of a run that wrote the names of those for whom it came too late, unless none are to be kept', async () => {
  await redis.flushall();
  endToEnd.simulators.reset();
  const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
  const { run, late } = (await endToEnd.run(words, { REFRESH_TIMED_DEVICES_MAX_SHARE: '1' })).json<Report>();
  expect(late).toBeGreaterThan(0);
  const names = await namesIn();
  const shown = await endToEnd.run(['runs', run.id, '--users', '--json']);
  const rows = shown.json<{ actions: { user: string; why: string }[] }>().actions;
  expect(rows).toHaveLength(late);
  expect([...new Set(rows.map(({ user }) => user))].sort()).toEqual([...names].sort());
});
