import { afterEach, expect, test } from 'vitest';
import { jobNames } from '../../../src/jobs/index.ts';
import { maintainSchedules } from '../../../src/queue/schedules/maintain-schedules.ts';
import { foundSchedules } from '../../../src/queue/schedules/schedules.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const everyMs = 20;
let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

type Shop = ReturnType<typeof openQueueFixture>;

const found = async ({ context }: Shop) =>
  (await foundSchedules(context.queues.runs)).map(({ job }) => job).sort();
const allJobs = [...jobNames].sort();
const told = ({ lines }: Shop) => lines().filter(({ msg }) => msg === 'schedules in place').length;

test('the schedules of a worker are set at once, and that is told', async () => {
  const fixture = openQueueFixture(redis());
  await maintainSchedules(fixture.context, stop.signal);
  expect(await found(fixture)).toEqual(allJobs);
  expect(told(fixture)).toBe(1);
});

test('a flush that leaves the connection alone is noticed: schedules and limits of the vendors come back', async () => {
  const fixture = openQueueFixture(redis(), { environment: { POINTSHARP_REQUESTS_IN_FLIGHT: '6' } });
  const { redis: connection, vendors } = fixture.context.queues;
  await fixture.work();
  await maintainSchedules(fixture.context, stop.signal, everyMs);
  const before = await vendors.pointsharp.getGlobalConcurrency();
  expect(before).toBeGreaterThan(0);
  await connection.flushall();
  await until(async () => (await vendors.pointsharp.getGlobalConcurrency()) === before);
  expect(await found(fixture)).toEqual(allJobs);
  expect(await vendors.superoffice.getGlobalConcurrency()).toBeGreaterThan(0);
  expect(told(fixture)).toBe(2);
});

test('as long as any schedule is there, looking from time to time changes none: workers of two configurations do not quarrel', async () => {
  const fixture = openQueueFixture(redis());
  const { runs, vendors } = fixture.context.queues;
  await maintainSchedules(fixture.context, stop.signal, everyMs);
  const looks = watchLooks(fixture);
  // The connection may have become ready just now, which is looked at in full.
  await until(async () => looks() > 4);
  await runs.removeJobScheduler('audit-pocket');
  await vendors.pointsharp.setGlobalConcurrency(1);
  const before = looks();
  await until(async () => looks() > before + 2);
  expect(await found(fixture)).toEqual(allJobs.filter((job) => job !== 'audit-pocket'));
  expect(await vendors.pointsharp.getGlobalConcurrency()).toBe(1);
  expect(told(fixture)).toBe(1);
});

/** Counts how often the schedules are read. */
function watchLooks({ context }: Shop): () => number {
  const { runs } = context.queues;
  const read = runs.getJobSchedulers.bind(runs);
  let looks = 0;
  runs.getJobSchedulers = (...range) => {
    looks += 1;
    return read(...range);
  };
  return () => looks;
}

test('a Redis that comes back is looked at afresh, and nothing is told when nothing is lost', async () => {
  const fixture = openQueueFixture(redis());
  const { runs, redis: connection } = fixture.context.queues;
  await maintainSchedules(fixture.context, stop.signal);
  await runs.upsertJobScheduler('renamed-job', { pattern: '* * * * *' }, { name: 'renamed-job' });
  await redis().restart();
  await until(async () => (await found(fixture)).length === allJobs.length);
  await until(async () => told(fixture) === 2);
  connection.disconnect(true);
  await until(async () => connection.status === 'ready' && (await connection.ping()) === 'PONG');
  expect(await found(fixture)).toEqual(allJobs);
  expect(told(fixture)).toBe(2);
});

test('a worker that is told to stop in the middle of a look at its schedules does not begin to put anything back', async () => {
  const fixture = openQueueFixture(redis());
  const { runs, redis: connection } = fixture.context.queues;
  await maintainSchedules(fixture.context, stop.signal, everyMs);
  const read = runs.getJobSchedulers.bind(runs);
  let looksAfterStop = 0;
  const stopped = new Promise<void>((resolve) => {
    runs.getJobSchedulers = async (...range) => {
      if (stop.signal.aborted) looksAfterStop += 1;
      const schedules = await read(...range);
      if (schedules.length > 0) return schedules;
      stop.abort();
      // To put back begins with another look, at once.
      setImmediate(resolve);
      return schedules;
    };
  });
  await connection.flushall();
  await stopped;
  expect(looksAfterStop).toBe(0);
});

test('a worker that is told to stop leaves all schedules alone', async () => {
  const fixture = openQueueFixture(redis());
  await maintainSchedules(fixture.context, stop.signal, everyMs);
  const other = openQueueFixture(redis());
  await maintainSchedules(other.context, new AbortController().signal, everyMs);
  stop.abort();
  await fixture.context.queues.redis.flushall();
  await until(async () => (await found(other)).length === allJobs.length);
  expect(await found(fixture)).toEqual([]);
});
