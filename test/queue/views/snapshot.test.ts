import { expect, test } from 'vitest';
import { jobNames } from '../../../src/jobs/index.ts';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { pause } from '../../../src/queue/records/pauses.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import {
  foundSchedules,
  syncSchedules,
  tickId,
  wantedSchedules,
} from '../../../src/queue/schedules/schedules.ts';
import { createCircuitBreaker } from '../../../src/queue/vendors/circuit-breaker.ts';
import { takeSnapshot } from '../../../src/queue/views/snapshot.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

test('the snapshot of an empty Redis has nothing to tell but zeros', async () => {
  const { context } = openQueueFixture(redis());
  const seen = await takeSnapshot(context.queues, context.now());
  expect(seen).toMatchObject({
    lastRuns: { 'purge-windows': undefined },
    held: { 'purge-windows': false, 'refresh-timed-devices': false, 'audit-pocket': false },
    paused: { 'purge-windows': false, pointsharp: false, superoffice: false },
    vendorsHeld: { pointsharp: false, superoffice: false },
    nextTicks: {},
  });
  expect(Object.keys(seen.depths).sort()).toEqual([
    'caretaker-pointsharp',
    'caretaker-runs',
    'caretaker-superoffice',
  ]);
  for (const { jobs, oldestAgeMs } of Object.values(seen.depths)) {
    expect(new Set(Object.values(jobs))).toEqual(new Set([0]));
    expect(oldestAgeMs).toBe(0);
  }
  expect(seen.memory?.usedBytes).toBeGreaterThan(0);
});

test('the snapshot shows what is held, paused, left alone, due and waiting, and for how long', async () => {
  const fixture = openQueueFixture(redis(), {
    users,
    environment: { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' },
  });
  const { context } = fixture;
  const { queues, config, now } = context;
  await syncSchedules(queues.runs, wantedSchedules(config), now());
  await pause(queues, 'audit-pocket', { by: null }, now());
  const breaker = createCircuitBreaker({
    queues,
    vendor: 'superoffice',
    batches: 1,
    firstPauseMs: 60_000,
    giveUpAfterMs: 60_000,
  });
  await breaker.hold(undefined);
  await fixture.work();
  const id = newRunId('purge-windows', now());
  await addRun(queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await until(async () => stateToShow((await findRun(queues.runs, id))?.data)?.phase === 'held');
  await queues.vendors.superoffice.add('audit-pocket', {} as never, { priority: 2 });

  const seen = await takeSnapshot(queues, now().plus({ minutes: 10 }));
  const noneHeld = Object.fromEntries(jobNames.map((job) => [job, false]));
  expect(seen.held).toEqual({ ...noneHeld, 'purge-windows': true });
  expect(seen.paused).toMatchObject({ 'audit-pocket': true, 'purge-windows': false, pointsharp: false });
  expect(seen.vendorsHeld).toEqual({ pointsharp: false, superoffice: true });
  expect(Object.keys(seen.nextTicks).sort()).toEqual([...jobNames].sort());
  const { jobs, oldestAgeMs } = seen.depths['caretaker-superoffice'] ?? {};
  expect(jobs).toMatchObject({ prioritized: 1, waiting: 0, active: 0 });
  expect(oldestAgeMs).toBeGreaterThanOrEqual(599_000);
});

test('the snapshot shows no next tick for a schedule whose tick is gone', async () => {
  const { queues, config, now } = openQueueFixture(redis()).context;
  await syncSchedules(queues.runs, wantedSchedules(config), now());
  const found = await foundSchedules(queues.runs);
  const tick = found.find(({ job }) => job === 'audit-pocket');
  await queues.redis.zrem(`${queues.prefix}:caretaker-runs:delayed`, tickId('audit-pocket', tick?.next ?? 0));
  const { nextTicks } = await takeSnapshot(queues, now());
  expect(Object.keys(nextTicks).sort()).toEqual(jobNames.filter((job) => job !== 'audit-pocket').sort());
});
