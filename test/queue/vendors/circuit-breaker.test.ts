import { expect, it } from 'vitest';
import {
  createCircuitBreaker,
  type VendorCircuitBreaker,
} from '../../../src/queue/vendors/circuit-breaker.ts';
import { openQueueFixture, type QueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const batches = 4;

/** The station of one worker process. */
function station({ another }: QueueFixture, patienceMs = 60_000): VendorCircuitBreaker {
  const { queues } = another();
  return createCircuitBreaker({ queues, vendor: 'pointsharp', batches, firstPauseMs: 20, patienceMs });
}

function key({ context }: QueueFixture): string {
  return `${context.queues.prefix}:storm:pointsharp`;
}

it('the circuit breaker holds the queue for everybody, with one batch to probe, and lets it go at the first success', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  const [one, other] = [station(fixture), station(fixture)];
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

it('the circuit breaker keeps a pause whatever comes back of the requests that were under way when it began', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  const [one, other] = [station(fixture), station(fixture)];
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

it('the circuit breaker gives up a vendor that fails for longer than is waited for, by the clock of Redis', async () => {
  const fixture = openQueueFixture(redis());
  const breaker = station(fixture, 50);
  expect(await breaker.hold(undefined)).toBe('held');
  // Each failure follows soon on the last; the storm itself lasts.
  await until(async () => (await breaker.hold(undefined)) === 'given-up');
  const { since, pausedUntil } = await fixture.context.queues.redis.hgetall(key(fixture));
  const [seconds] = await fixture.context.queues.redis.time();
  expect(Number(pausedUntil)).toBeGreaterThanOrEqual(Number(since));
  expect(Math.abs(Number(since) / 1000 - Number(seconds))).toBeLessThan(60);
});

it('the circuit breaker opens anew when its last opening was long ago, instead of giving up at the first failure', async () => {
  const fixture = openQueueFixture(redis());
  const breaker = station(fixture);
  const dayAgo = Date.now() - 86_400_000;
  await fixture.context.queues.redis.hset(key(fixture), { level: 9, since: dayAgo, pausedUntil: dayAgo });
  expect(await breaker.hold(10)).toBe('held');
});

it('the circuit breaker lengthens a pause when the vendor asks for more, and for nothing else', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const [one, other] = [station(fixture), station(fixture)];
  await one.hold(5_000);
  // Its own pause would now be longer than the one under way.
  await queues.redis.hset(key(fixture), { level: 11 });
  await one.hold(undefined);
  expect(await queues.redis.pttl(`${key(fixture)}:pause`)).toBeLessThanOrEqual(5_000);
  await other.hold(600_000);
  await one.hold(10_000);
  expect(await queues.redis.pttl(`${key(fixture)}:pause`)).toBeGreaterThan(60_000);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(60_000);
  expect(await queues.redis.hget(key(fixture), 'level')).toBe('11');
});

it('the circuit breaker does not end a pause that another process began after the first was over', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const [one, other] = [station(fixture), station(fixture)];
  await one.hold(20);
  await other.look();
  await until(async () => !other.isHeld());
  await until(async () => (await queues.redis.exists(`${key(fixture)}:pause`)) === 0);
  await one.hold(600_000);
  other.succeeded();
  // It learns of the pause instead.
  await until(async () => other.isHeld());
  expect(await other.look()).toBe(true);
  expect(await queues.vendors.pointsharp.getGlobalConcurrency()).toBe(1);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(60_000);
});

it('the circuit breaker takes a vendor that asks to come back at once for one that asks for nothing', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const breaker = station(fixture);
  const now = Date.now();
  await queues.redis.hset(key(fixture), { level: 11, since: now, pausedUntil: now });
  expect(await breaker.hold(0)).toBe('held');
  expect(breaker.isHeld()).toBe(true);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(0);
});

it('the circuit breaker leaves the queue at one batch when a worker starts in the middle of it', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  await station(fixture).hold(30_000);
  await fixture.work();
  expect(await queue.getGlobalConcurrency()).toBe(1);
});
