import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTrial, type Trial } from '../support/trial.ts';
import { dumpRedis } from './canaries.ts';

/* What somebody finds who gets hold of Redis, or of its append-only file. SECURITY.md says the same in words. */

const users = 60;
let trial: Trial;
let redis: Redis;

beforeAll(async () => {
  trial = await openTrial({ users });
  redis = new Redis(trial.redis.socketPath);
});
afterAll(async () => {
  redis.disconnect();
  await trial.close();
});

/** The users whose names stand somewhere in Redis. */
async function namesIn(): Promise<string[]> {
  const dump = await dumpRedis(redis);
  const names = Array.from({ length: users }, (_, user) => trial.simulators.people.username(user));
  return names.filter((name) => dump.includes(JSON.stringify(name).slice(1, -1)));
}

it('the names of everybody who is looked after while a run is under way or held', async () => {
  const held = await trial.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], {
    PURGE_WINDOWS_MAX_ACTIONS: '1',
    PURGE_WINDOWS_HOLD_ON: 'max-actions',
  });
  expect(held.code).toBe(3);
  const refresh = await trial.run(['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'], {
    REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
    REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
  });
  expect(refresh.code).toBe(3);
  expect((await namesIn()).length).toBeGreaterThan(0);
  for (const { run } of (await trial.run(['runs', '--json'])).json<{ run: { id: string } }[]>())
    await trial.run(['reject', run.id]);
  const worker = trial.start(['worker'], { CARETAKER_MODE: 'enforce' });
  await worker.says('worker ready');
  await worker.says('run finished');
  await worker.kill('SIGTERM');
});

it('nobody’s name once runs have ended, but those of users who failed or were named by hand', async () => {
  await redis.flushall();
  for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket']) {
    const { code } = await trial.run(['run', job, '--mode', 'enforce'], {
      REFRESH_TIMED_DEVICES_MAX_SHARE: '1',
    });
    expect(code).toBe(0);
  }
  expect(await namesIn()).toEqual([]);
  const [failed, named] = [trial.simulators.people.username(0), trial.simulators.people.username(1)];
  trial.simulators.pointsharp.faults.add({ kind: 'status', status: 400 });
  await trial.run(['run', 'purge-windows', '--mode', 'enforce', '--user', failed]);
  trial.simulators.pointsharp.faults.remove();
  await trial.run(['run', 'purge-windows', '--mode', 'enforce', '--user', named]);
  expect((await namesIn()).sort()).toEqual([failed, named].sort());
});
