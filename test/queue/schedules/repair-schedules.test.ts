import { Worker } from 'bullmq';
import { DateTime } from 'luxon';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Schedule } from '../../../src/config/kinds/index.ts';
import { nextTimes } from '../../../src/config/schedule/schedule.ts';
import { maintainSchedules } from '../../../src/queue/schedules/maintain-schedules.ts';
import { repairSchedules } from '../../../src/queue/schedules/repair-schedules.ts';
import {
  foundSchedules,
  setSchedule,
  syncSchedules,
  tickId,
  wantedSchedules,
} from '../../../src/queue/schedules/schedules.ts';
import { openQueueFixture, type QueueFixture, until, useRedis } from '../queue-fixture.ts';

type Queues = QueueFixture['context']['queues'];

const redis = useRedis();
const job = 'audit-pocket';
const yearMs = 365 * 86_400_000;

function openOneSchedule(schedule: string): QueueFixture {
  return openQueueFixture(redis(), {
    environment: {
      PURGE_WINDOWS_ENABLED: 'false',
      REFRESH_TIMED_DEVICES_ENABLED: 'false',
      AUDIT_POCKET_SCHEDULE: schedule,
    },
  });
}

/** A fixture whose schedules are set, of which only that of one job is looked at. */
async function begin(schedule = '0 3 * * *'): Promise<QueueFixture> {
  const fixture = openOneSchedule(schedule);
  const { config, queues } = fixture.context;
  await syncSchedules(queues.runs, wantedSchedules(config), DateTime.now());
  return fixture;
}

const wantedOf = ({ context }: QueueFixture) => {
  const [wanted] = wantedSchedules(context.config);
  if (!wanted) throw new Error('nothing is wanted');
  return wanted;
};
const dueOf = (schedule: Schedule, after: number) =>
  nextTimes(schedule, 'UTC', DateTime.fromMillis(after), 1)[0]?.toMillis() ?? 0;
const nextOf = async ({ context }: QueueFixture) =>
  (await foundSchedules(context.queues.runs)).find((found) => found.job === job)?.next ?? 0;
const warnings = ({ lines }: QueueFixture) =>
  lines()
    .filter(({ msg }) => String(msg).startsWith('schedule set anew'))
    .map(({ job: name, fault }) => `${name} ${fault}`);
const repair = async ({ context }: Pick<QueueFixture, 'context'>) =>
  repairSchedules(context, await foundSchedules(context.queues.runs), new AbortController().signal);

/** What is there after a repair: the entry, and its tick and no other. */
async function expectTick(fixture: QueueFixture, at: number): Promise<void> {
  expect(await nextOf(fixture)).toBe(at);
  const delayed = await fixture.context.queues.runs.getDelayed();
  expect(delayed.map(({ id, name }) => `${name} ${id}`)).toEqual([`${job} ${tickId(job, at)}`]);
}

/** Has a tick of that time processed, as a worker did whose clock was ahead. */
async function finish({ context }: QueueFixture, at: number): Promise<void> {
  const { runs, prefix, redis: connection } = context.queues;
  const tick = await runs.add(job, {}, { jobId: tickId(job, at) });
  if ((await tick.getState()) === 'delayed') await tick.promote();
  const worker = new Worker(runs.name, async () => null, { connection, prefix });
  await until(() => tick.isCompleted());
  await worker.close();
}

test('a schedule with its tick is left alone', async () => {
  const fixture = await begin();
  const before = await nextOf(fixture);
  await repair(fixture);
  await expectTick(fixture, before);
  expect(warnings(fixture)).toEqual([]);
});

async function removeTick({ redis: connection, prefix, runs }: Queues, id: string): Promise<void> {
  await connection.zrem(`${prefix}:${runs.name}:delayed`, id);
  await connection.del(`${prefix}:${runs.name}:${id}`);
}

type Hurt = (queues: Queues, id: string) => Promise<unknown>;

test.each<[string, Hurt]>([
  ['was removed by hand', removeTick],
  [
    'is not in the queue',
    (queues, id) => queues.redis.zrem(`${queues.prefix}:${queues.runs.name}:delayed`, id),
  ],
  ['has lost its content', (queues, id) => queues.redis.del(`${queues.prefix}:${queues.runs.name}:${id}`)],
])('a schedule whose tick %s is set anew with a warning that names it', async (_what, hurt) => {
  const fixture = await begin();
  const before = await nextOf(fixture);
  await hurt(fixture.context.queues, tickId(job, before));
  await repair(fixture);
  await expectTick(fixture, before);
  expect(warnings(fixture)).toEqual([`${job} no-tick`]);
});

test.each(['0 3 * * *', 'every PT6H'])(
  'the schedule %j is set anew when its next tick was processed already',
  async (schedule) => {
    const fixture = await begin(schedule);
    const before = await nextOf(fixture);
    await removeTick(fixture.context.queues, tickId(job, before));
    await finish(fixture, before);
    await repair(fixture);
    await expectTick(fixture, before);
    expect(warnings(fixture)).toEqual([`${job} tick-done`]);
  },
);

test('a schedule whose tick was taken, and whose next one has a finished job in its place, is set anew', async () => {
  const fixture = await begin();
  const { runs } = fixture.context.queues;
  const { schedule } = wantedOf(fixture);
  const first = await nextOf(fixture);
  const second = dueOf(schedule, first);
  await finish(fixture, second);
  // BullMQ queues no second job of that id, and says so only in its stream of events.
  await finish(fixture, first);
  expect(await runs.getDelayedCount()).toBe(0);
  expect(await nextOf(fixture)).toBe(first);
  await repair(fixture);
  await expectTick(fixture, first);
});

test.each(['0 3 * * *', 'every PT6H'])(
  'the schedule %j is set anew when its tick is a year ahead',
  async (schedule) => {
    const fixture = await begin(schedule);
    const wanted = wantedOf(fixture);
    const due = await nextOf(fixture);
    await setSchedule(
      fixture.context.queues.runs,
      wanted,
      DateTime.now(),
      dueOf(wanted.schedule, Date.now() + yearMs),
    );
    expect(await nextOf(fixture)).toBeGreaterThan(Date.now() + yearMs - 1);
    await repair(fixture);
    await expectTick(fixture, due);
    expect(warnings(fixture)).toEqual([`${job} tick-too-far`]);
  },
);

test('a tick that a worker took a little early, and ran, is not asked for again', async () => {
  const fixture = await begin();
  const first = await nextOf(fixture);
  const { schedule } = wantedOf(fixture);
  await finish(fixture, first);
  await expectTick(fixture, dueOf(schedule, first));
  await repair(fixture);
  await expectTick(fixture, dueOf(schedule, first));
  expect(warnings(fixture)).toEqual([]);
});

test('a tick that a worker took a year late by its clock, and so missed, is set anew', async () => {
  const fixture = await begin();
  const { redis: connection, prefix, runs } = fixture.context.queues;
  const first = await nextOf(fixture);
  await finish(fixture, first);
  await connection.hset(`${prefix}:${runs.name}:${tickId(job, first)}`, 'processedOn', first + yearMs);
  await repair(fixture);
  await expectTick(fixture, first);
  expect(warnings(fixture)).toEqual([`${job} tick-too-far`]);
});

test('a schedule of another configuration is left alone, also without a tick', async () => {
  const fixture = await begin();
  const { runs } = fixture.context.queues;
  const other = { job, schedule: { pattern: '0 4 * * *' }, timeZone: 'UTC' };
  await setSchedule(runs, other, DateTime.now());
  await removeTick(fixture.context.queues, tickId(job, await nextOf(fixture)));
  await repair(fixture);
  expect(await runs.getDelayedCount()).toBe(0);
  expect(warnings(fixture)).toEqual([]);
});

test('a tick that is only on its way to the next one is no loss', async () => {
  const fixture = await begin();
  const { runs } = fixture.context.queues;
  const before = await nextOf(fixture);
  await removeTick(fixture.context.queues, tickId(job, before));
  const read = runs.getJobSchedulers.bind(runs);
  let looks = 0;
  runs.getJobSchedulers = async (...range) => {
    looks += 1;
    // Between two looks.
    if (looks === 2) await setSchedule(runs, wantedOf(fixture), DateTime.now());
    return read(...range);
  };
  await repair(fixture);
  expect(looks).toBe(2);
  expect(warnings(fixture)).toEqual([]);
});

test('several workers that set a schedule anew at once leave one tick', async () => {
  const fixture = await begin();
  const { context, another } = fixture;
  const before = await nextOf(fixture);
  await removeTick(fixture.context.queues, tickId(job, before));
  await Promise.all([context, another(), another()].map((one) => repair({ context: one })));
  await expectTick(fixture, before);
});

test('a worker sets a schedule without a tick anew at its start, and at every look', async () => {
  const fixture = await begin();
  const before = await nextOf(fixture);
  await removeTick(fixture.context.queues, tickId(job, before));
  const stop = new AbortController();
  await maintainSchedules(fixture.context, stop.signal, 20);
  await expectTick(fixture, before);
  await removeTick(fixture.context.queues, tickId(job, before));
  await until(async () => warnings(fixture).length === 2);
  await expectTick(fixture, before);
  stop.abort();
});

test('a worker whose clock is set back asks again for the times that come again', async () => {
  const hourMs = 3_600_000;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hourMs });
  onTestFinished(() => void vi.useRealTimers());
  const fixture = await begin('*/30 * * * *');
  // Redis runs on the same machine.
  vi.spyOn(fixture.context.queues.redis, 'time').mockImplementation(async () => [Date.now() / 1000, 0]);
  const stop = new AbortController();
  await maintainSchedules(fixture.context, stop.signal, 20);
  const { schedule } = wantedOf(fixture);
  // What came in the hour that will come again.
  let at = Date.now() - hourMs;
  for (;;) {
    at = dueOf(schedule, at);
    if (at >= (await nextOf(fixture))) break;
    await finish(fixture, at);
  }
  vi.useRealTimers();
  await until(async () => warnings(fixture).length === 1);
  expect(warnings(fixture)).toEqual([`${job} tick-too-far`]);
  await expectTick(fixture, dueOf(schedule, Date.now()));
  stop.abort();
});

test('a worker whose clock is not that of Redis sets nothing, says so once, and makes up for it', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  const fixture = openOneSchedule('*/30 * * * *');
  const stop = new AbortController();
  await maintainSchedules(fixture.context, stop.signal, 20);
  const told = () => fixture.lines().filter(({ msg }) => msg === 'no schedule is set by this clock');
  expect(told()).toHaveLength(1);
  expect(told()[0]?.reason).toMatch(/clock of this host says .*Z, that of Redis says .*Set the clocks/);
  await fixture.context.queues.redis.ping();
  expect(await foundSchedules(fixture.context.queues.runs)).toEqual([]);
  vi.useRealTimers();
  await until(async () => (await foundSchedules(fixture.context.queues.runs)).length === 1);
  expect(told()).toHaveLength(1);
  expect(fixture.lines().map(({ msg }) => msg)).toContain('the clock is right again');
  stop.abort();
});

test('a worker tells the next three times of each schedule when it starts', async () => {
  const fixture = await begin('*/45 * * * *');
  const stop = new AbortController();
  await maintainSchedules(fixture.context, stop.signal);
  stop.abort();
  const [told] = fixture.lines().filter(({ msg }) => msg === 'schedule');
  expect(told).toMatchObject({ job, schedule: '*/45 * * * *', timeZone: 'UTC' });
  // 45 minutes do not divide an hour: whoever looks sees that it fires at 00 and at 45.
  expect(told?.next).toHaveLength(3);
});
