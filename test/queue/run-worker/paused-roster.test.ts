import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { startSimulators } from '../../../simulators/simulators.ts';
import { openConfiguredRoster } from '../../../src/commands/setup/config.ts';
import type { WorkerContext } from '../../../src/queue/context.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { pause, resume } from '../../../src/queue/records/pauses.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { findReport } from '../../../src/queue/run-worker/reports/find-report.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { stopRun } from '../../../src/queue/stop-run.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';
import { tickNow } from '../tick.ts';

const redis = useRedis();
const users = 30;

/** Workers whose roster has SuperOffice behind a file, or the file alone. */
async function openWorkers({ archive }: { readonly archive: boolean }) {
  const simulators = await startSimulators({ users, frozen: true });
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-paused-roster-'));
  onTestFinished(async () => {
    await simulators.close();
    rmSync(folder, { recursive: true });
  });
  const { people, pointsharp, superoffice } = simulators;
  const path = join(folder, 'users.ndjson');
  const rows = Array.from({ length: users }, (_, index) => ({
    username: people.username(index),
    userStorageName: people.storage(index),
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  superoffice.world.archive.users = rows.map(({ username }, index) => ({
    associateDbId: people.associateId(index),
    userName: username,
    isActive: true,
  }));
  const fixture = openQueueFixture(redis(), {
    environment: {
      POINTSHARP_URL: pointsharp.url,
      SUPEROFFICE_URL: superoffice.url,
      CARETAKER_ROSTER: archive ? `${path} superoffice:` : path,
      ...(archive ? { CARETAKER_ROSTER_JOIN: 'lower-case' } : {}),
      CARETAKER_MODE: 'enforce',
    },
  });
  const { config, clients, now, queues } = fixture.context;
  const openRoster: WorkerContext['openRoster'] = (signal) =>
    openConfiguredRoster({ input: new PassThrough(), now }, config, { signal, clients });
  const context = fixture.another({ openRoster, ...(archive ? { rosterVendor: 'superoffice' } : {}) });
  const stopAll = () => pause(queues, 'superoffice', { note: 'their night', by: 'kari' }, now());
  async function reportOf(id: string) {
    await until(async () => (await queues.runs.getJob(id))?.finishedOn);
    return until(() => findReport(queues.runs, id));
  }
  async function addPurge() {
    const id = newRunId('purge-windows', now());
    await addRun(queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
    return id;
  }
  return {
    context,
    queues,
    work: () => fixture.work(context),
    lines: fixture.lines,
    superoffice,
    asked: () => superoffice.traffic.facts().requests,
    written: () => pointsharp.traffic.facts().requests,
    stopAll,
    reportOf,
    addPurge,
  };
}

const told =
  /^superoffice has been paused since .* by kari \(their night\)\. The roster is read from there\. Resume it with: caretaker resume superoffice$/;

it('a tick is skipped while the vendor is paused that its roster is read from, which is not asked', async () => {
  const { context, work, stopAll, reportOf, asked, written } = await openWorkers({ archive: true });
  await stopAll();
  await work();
  const { run } = await reportOf(await tickNow(context, 'purge-windows'));
  expect(run).toMatchObject({ status: 'skipped', reason: expect.stringMatching(told) });
  expect([asked(), written()]).toEqual([0, 0]);
});

it('a tick begins its run while the vendor is not paused that its roster is read from', async () => {
  const { context, queues, work, asked, written } = await openWorkers({ archive: true });
  await work();
  await tickNow(context, 'purge-windows');
  await until(async () => written() === 2 * users);
  expect(asked()).toBeGreaterThan(0);
  expect(await queues.redis.hlen(`${queues.prefix}:pauses`)).toBe(0);
});

it('a run whose roster is a file begins while SuperOffice is paused', async () => {
  const { context, work, stopAll, asked, written } = await openWorkers({ archive: false });
  await stopAll();
  await work();
  await tickNow(context, 'purge-windows');
  await until(async () => written() === 2 * users);
  expect(asked()).toBe(0);
});

it('a run that was queued before the pause of the vendor of its roster is skipped', async () => {
  const { work, stopAll, addPurge, reportOf, asked, written } = await openWorkers({ archive: true });
  const id = await addPurge();
  await stopAll();
  await work();
  const { run } = await reportOf(id);
  expect(run).toMatchObject({ id, status: 'skipped', reason: expect.stringMatching(told) });
  expect([asked(), written()]).toEqual([0, 0]);
});

it('a run over users who are named begins while the vendor of the roster is paused', async () => {
  const { context, queues, work, stopAll, reportOf, asked } = await openWorkers({ archive: true });
  await stopAll();
  await work();
  const id = newRunId('purge-windows', context.now());
  const request = { users: [{ username: 'kari' }] };
  await addRun(queues.runs, 'purge-windows', { ...request, mode: 'enforce' }, { trigger: 'command' }, id);
  expect((await reportOf(id)).run).toMatchObject({ status: 'completed' });
  expect(asked()).toBe(0);
});

/** A purge that reads its roster again for its writes, with a pause that came between the two. */
async function pausedBetween() {
  const fixture = await openWorkers({ archive: true });
  const { context, stopAll, addPurge, work } = fixture;
  const { openRoster } = context;
  let opened = 0;
  Object.assign(context, {
    openRoster: async (signal?: AbortSignal) => {
      opened += 1;
      // While it is read a worker hears of the pause.
      if (opened === 1) {
        const heard = new Promise((resolve) => signal?.addEventListener('abort', resolve));
        await stopAll();
        await heard;
      }
      return openRoster(signal);
    },
  });
  const id = await addPurge();
  await work();
  const waits = 'run waits: the vendor that its roster is read from is paused';
  await until(async () => fixture.lines().some(({ msg }) => msg === waits));
  expect(fixture.asked()).toBe(0);
  return { ...fixture, id };
}

it('a run that reads its roster stops reading at a pause of its vendor, and goes on when that is resumed', async () => {
  const { queues, id, reportOf, written } = await pausedBetween();
  expect((await findRun(queues.runs, id))?.finishedOn).toBeUndefined();
  await resume(queues, 'superoffice');
  expect((await reportOf(id)).run).toMatchObject({ status: 'completed' });
  expect(written()).toBe(2 * users);
});

it('a run that waits for the vendor of its roster ends when it is stopped', async () => {
  const { queues, id, reportOf, asked, written } = await pausedBetween();
  await stopRun(queues.runs, id, 'stopped by kari');
  expect((await reportOf(id)).run).toMatchObject({ status: 'stopped', reason: 'stopped by kari' });
  expect([asked(), written()]).toEqual([0, 0]);
});
