import { expect, it } from 'vitest';
import {
  createCircuitBreaker,
  type VendorCircuitBreaker,
} from '../../../src/queue/vendors/circuit-breaker.ts';
import { openQueueFixture, type QueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const batches = 4;

/** The breaker as one worker process sees it. */
function breakerOf({ another }: QueueFixture, giveUpAfterMs = 60_000): VendorCircuitBreaker {
  const { queues } = another();
  return createCircuitBreaker({ queues, vendor: 'pointsharp', batches, firstPauseMs: 20, giveUpAfterMs });
}

function key({ context }: QueueFixture): string {
  return `${context.queues.prefix}:storm:pointsharp`;
}

it('a tripped breaker holds the queue for everybody, lets one batch probe, and closes at the first success', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  const [one, other] = [breakerOf(fixture), breakerOf(fixture)];
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

it('an open breaker keeps its pause whatever comes back of the requests that were under way when it began', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  const [one, other] = [breakerOf(fixture), breakerOf(fixture)];
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

it('a breaker that has been open for too long gives its vendor up, by the clock of Redis', async () => {
  const fixture = openQueueFixture(redis());
  const breaker = breakerOf(fixture, 50);
  expect(await breaker.hold(undefined)).toBe('held');
  // Each failure follows soon on the last; the breaker has been open all the while.
  await until(async () => (await breaker.hold(undefined)) === 'given-up');
  const { since, pausedUntil } = await fixture.context.queues.redis.hgetall(key(fixture));
  const [seconds] = await fixture.context.queues.redis.time();
  expect(Number(pausedUntil)).toBeGreaterThanOrEqual(Number(since));
  expect(Math.abs(Number(since) / 1000 - Number(seconds))).toBeLessThan(60);
});

it('a breaker that was open long ago starts anew instead of giving its vendor up at the first failure', async () => {
  const fixture = openQueueFixture(redis());
  const breaker = breakerOf(fixture);
  const dayAgo = Date.now() - 86_400_000;
  await fixture.context.queues.redis.hset(key(fixture), { level: 9, since: dayAgo, pausedUntil: dayAgo });
  expect(await breaker.hold(10)).toBe('held');
});

it('an open breaker lengthens its pause when the vendor asks for more, and for nothing else', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const [one, other] = [breakerOf(fixture), breakerOf(fixture)];
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

it('a success does not end a pause that another process began after the first was over', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const [one, other] = [breakerOf(fixture), breakerOf(fixture)];
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

it('a vendor that asks to come back at once is taken for one that asks for nothing', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  const breaker = breakerOf(fixture);
  const now = Date.now();
  await queues.redis.hset(key(fixture), { level: 11, since: now, pausedUntil: now });
  expect(await breaker.hold(0)).toBe('held');
  expect(breaker.isHeld()).toBe(true);
  expect(await queues.vendors.pointsharp.getRateLimitTtl()).toBeGreaterThan(0);
});

it('a worker that starts while the breaker is open leaves the queue at one batch', async () => {
  const fixture = openQueueFixture(redis());
  const queue = fixture.context.queues.vendors.pointsharp;
  await breakerOf(fixture).hold(30_000);
  await fixture.work();
  expect(await queue.getGlobalConcurrency()).toBe(1);
});

it('numbers of a breaker in Redis that cannot be read are taken for those of a closed one', async () => {
  const fixture = openQueueFixture(redis());
  const { queues } = fixture.context;
  await queues.redis.hset(key(fixture), { level: 'high', since: 'yesterday', pausedUntil: 'tomorrow' });
  expect(await breakerOf(fixture).hold(undefined)).toBe('held');
  const { level, since, pausedUntil } = await queues.redis.hgetall(key(fixture));
  expect(level).toBe('1');
  expect(Number(pausedUntil) - Number(since)).toBe(20);
});

it.each([
  ['trips it, before the limit', 'trip', 1, 'before'],
  ['trips it, after the limit', 'trip', 1, 'after'],
  ['closes it, before the limit', 'close', 1, 'before'],
  ['closes it, after the limit', 'close', 1, 'after'],
  ['has closed it, before the limit', 'close', 2, 'before'],
] as const)(
  'a worker that dies while it %s, does not leave the vendor at one batch at a time',
  async (_, what, call, when) => {
    const fixture = openQueueFixture(redis());
    const queue = fixture.context.queues.vendors.pointsharp;
    await queue.setGlobalConcurrency(batches);
    const dying = fixture.another().queues;
    const settings = { vendor: 'pointsharp', batches, firstPauseMs: 20, giveUpAfterMs: 60_000 } as const;
    const [one, other] = [createCircuitBreaker({ queues: dying, ...settings }), breakerOf(fixture)];
    if (what === 'close') {
      await one.hold(undefined);
      await until(async () => !one.isHeld());
    }
    const { pointsharp } = dying.vendors;
    const limit = pointsharp.setGlobalConcurrency.bind(pointsharp);
    const died = Promise.withResolvers<void>();
    let calls = 0;
    pointsharp.setGlobalConcurrency = async (most) => {
      calls += 1;
      if (calls < call || when === 'after') await limit(most);
      if (calls < call) return 1;
      died.resolve();
      return new Promise(() => {});
    };
    if (what === 'trip') void one.hold(undefined);
    else one.succeeded();
    await died.promise;
    await until(async () => {
      await other.look();
      if (!other.isHeld()) other.succeeded();
      return !(await other.look()) && (await queue.getGlobalConcurrency()) === batches;
    });
  },
);
