import { expect, it } from 'vitest';
import { openWeather, type VendorWeather } from '../../../src/queue/vendors/circuit-breaker.ts';
import { openWorkshop, until, useRedis, type Workshop } from '../workshop.ts';

const redis = useRedis();
const batches = 4;

/** The station of one worker process. */
function station({ another }: Workshop, patienceMs = 60_000): VendorWeather {
  const { queues } = another();
  return openWeather({ queues, vendor: 'pointsharp', batches, firstPauseMs: 20, patienceMs });
}

function key({ crew }: Workshop): string {
  return `${crew.queues.prefix}:storm:pointsharp`;
}

it('holds the queue for everybody, with one batch to probe, and lets it go at the first success', async () => {
  const workshop = openWorkshop(redis());
  const queue = workshop.crew.queues.vendors.pointsharp;
  const [one, other] = [station(workshop), station(workshop)];
  expect(await one.hold(300)).toBe('held');
  expect(await queue.getGlobalConcurrency()).toBe(1);
  expect(await queue.getRateLimitTtl()).toBeGreaterThan(0);
  expect(await other.look()).toBe(true);
  await until(async () => !other.isHeld());
  other.succeeded();
  await until(async () => (await queue.getGlobalConcurrency()) === batches);
  await until(async () => (await queue.getRateLimitTtl()) <= 0);
  expect(await one.look()).toBe(false);
});

it('keeps a pause whatever comes back of the requests that were under way when it began', async () => {
  const workshop = openWorkshop(redis());
  const queue = workshop.crew.queues.vendors.pointsharp;
  const [one, other] = [station(workshop), station(workshop)];
  const held = one.hold(30_000);
  expect(one.isHeld()).toBe(true);
  one.succeeded();
  expect(await held).toBe('held');
  await other.look();
  expect(other.isHeld()).toBe(true);
  one.succeeded();
  other.succeeded();
  // Whatever they had sent would be there before this answer.
  expect(await one.look()).toBe(true);
  expect(await other.look()).toBe(true);
  expect(await queue.getGlobalConcurrency()).toBe(1);
  expect(await queue.getRateLimitTtl()).toBeGreaterThan(0);
});

it('gives up a vendor that fails for longer than is waited for, by the clock of Redis', async () => {
  const workshop = openWorkshop(redis());
  const weather = station(workshop, 50);
  expect(await weather.hold(undefined)).toBe('held');
  // Each failure follows soon on the last; the storm itself lasts.
  await until(async () => (await weather.hold(undefined)) === 'given-up');
  const { since, pausedUntil } = await workshop.crew.queues.redis.hgetall(key(workshop));
  const [seconds] = await workshop.crew.queues.redis.time();
  expect(Number(pausedUntil)).toBeGreaterThanOrEqual(Number(since));
  expect(Math.abs(Number(since) / 1000 - Number(seconds))).toBeLessThan(60);
});

it('begins a new storm when the last one was long ago, instead of giving up at the first failure', async () => {
  const workshop = openWorkshop(redis());
  const weather = station(workshop);
  const dayAgo = Date.now() - 86_400_000;
  await workshop.crew.queues.redis.hset(key(workshop), { level: 9, since: dayAgo, pausedUntil: dayAgo });
  expect(await weather.hold(10)).toBe('held');
});

it('lengthens a pause when the vendor asks for more, and for nothing else', async () => {
  const workshop = openWorkshop(redis());
  const { queues } = workshop.crew;
  const [one, other] = [station(workshop), station(workshop)];
  await one.hold(5_000);
  // Its own pause would now be longer than the one under way.
  await queues.redis.hset(key(workshop), { level: 11 });
  await one.hold(undefined);
  expect(await queues.redis.pttl(`${key(workshop)}:pause`)).toBeLessThanOrEqual(5_000);
  await other.hold(600_000);
  await one.hold(10_000);
  expect(await queues.redis.pttl(`${key(workshop)}:pause`)).toBeGreaterThan(60_000);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(60_000);
  expect(await queues.redis.hget(key(workshop), 'level')).toBe('11');
});

it('does not end a pause that another process began after the first was over', async () => {
  const workshop = openWorkshop(redis());
  const { queues } = workshop.crew;
  const [one, other] = [station(workshop), station(workshop)];
  await one.hold(20);
  await other.look();
  await until(async () => !other.isHeld());
  await until(async () => (await queues.redis.exists(`${key(workshop)}:pause`)) === 0);
  await one.hold(600_000);
  other.succeeded();
  // It learns of the pause instead.
  await until(async () => other.isHeld());
  expect(await other.look()).toBe(true);
  expect(await queues.vendors.pointsharp.getGlobalConcurrency()).toBe(1);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(60_000);
});

it('takes a vendor that asks to come back at once for one that asks for nothing', async () => {
  const workshop = openWorkshop(redis());
  const { queues } = workshop.crew;
  const weather = station(workshop);
  const now = Date.now();
  await queues.redis.hset(key(workshop), { level: 11, since: now, pausedUntil: now });
  expect(await weather.hold(0)).toBe('held');
  expect(weather.isHeld()).toBe(true);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(0);
});

it('leaves the queue at one batch when a worker starts in the middle of it', async () => {
  const workshop = openWorkshop(redis());
  const queue = workshop.crew.queues.vendors.pointsharp;
  await station(workshop).hold(30_000);
  await workshop.work();
  expect(await queue.getGlobalConcurrency()).toBe(1);
});
