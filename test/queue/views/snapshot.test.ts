import { expect, test } from 'vitest';
import { jobNames } from '../../../src/jobs/index.ts';
import { pause } from '../../../src/queue/records/pauses.ts';
import { addRun, newRunId } from '../../../src/queue/run-worker/add-run.ts';
import { syncSchedules, wantedSchedules } from '../../../src/queue/schedules/schedules.ts';
import { openWeather } from '../../../src/queue/vendors/circuit-breaker.ts';
import { survey } from '../../../src/queue/views/snapshot.ts';
import { openWorkshop, until, useRedis } from '../workshop.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

test('of an empty Redis there is nothing to tell but zeros', async () => {
  const { crew } = openWorkshop(redis());
  const seen = await survey(crew.queues, crew.now());
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

test('what is held, paused, left alone, due and waiting is seen, and for how long', async () => {
  const workshop = openWorkshop(redis(), {
    users,
    environment: { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' },
  });
  const { crew } = workshop;
  const { queues, config, now } = crew;
  await syncSchedules(queues.runs, wantedSchedules(config), now());
  await pause(queues, 'audit-pocket', undefined, now());
  const weather = openWeather({
    queues,
    vendor: 'superoffice',
    batches: 1,
    firstPauseMs: 60_000,
    patienceMs: 60_000,
  });
  await weather.hold(undefined);
  await workshop.work();
  const id = newRunId('purge-windows', now());
  await addRun(queues.runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await until(async () => (await queues.runs.getJob(id))?.data.state?.phase === 'held');
  await queues.vendors.superoffice.add('audit-pocket', {} as never, { priority: 2 });

  const seen = await survey(queues, now().plus({ minutes: 10 }));
  const noneHeld = Object.fromEntries(jobNames.map((job) => [job, false]));
  expect(seen.held).toEqual({ ...noneHeld, 'purge-windows': true });
  expect(seen.paused).toMatchObject({ 'audit-pocket': true, 'purge-windows': false, pointsharp: false });
  expect(seen.vendorsHeld).toEqual({ pointsharp: false, superoffice: true });
  expect(Object.keys(seen.nextTicks).sort()).toEqual([...jobNames].sort());
  const { jobs, oldestAgeMs } = seen.depths['caretaker-superoffice'] ?? {};
  expect(jobs).toMatchObject({ prioritized: 1, waiting: 0, active: 0 });
  expect(oldestAgeMs).toBeGreaterThanOrEqual(599_000);
});
