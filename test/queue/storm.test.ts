import { expect, it } from 'vitest';
import { openWeather, type VendorWeather } from '../../src/queue/storm.ts';
import { openWorkshop, until, useRedis, type Workshop } from './workshop.ts';

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
