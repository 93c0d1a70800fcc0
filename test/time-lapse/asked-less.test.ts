import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { type Lapse, lapseWith, type Twists } from '../../bench/time-lapse/lapse.ts';
import { refreshesOf } from '../../bench/time-lapse/proofs.ts';
import { useRedis } from '../queue/queue-fixture.ts';
import { dayMs, hourMs, setting } from './worlds.ts';

const redis = useRedis();
const weekly = { REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P7D' };

/** The same world, in which everybody is asked every night, and in which only those are who can be due. */
async function twins(twists: (client: Redis) => Twists, days = 100): Promise<[Lapse, Lapse]> {
  const client = new Redis(redis().socketPath);
  onTestFinished(() => client.disconnect());
  const world = setting(60, days);
  const store = { redis: client, prefix: `{${expect.getState().currentTestName}}` };
  const less = await lapseWith(world, weekly, { ...twists(client), store });
  const every = await lapseWith(world, {}, twists(client));
  expect(every.requests).toBe(60 * days + every.refreshes.length);
  expect(every.refreshes.length).toBeGreaterThan(50);
  expect(less.events).toEqual(every.events);
  expect(refreshesOf(less)).toEqual(refreshesOf(every));
  return [less, every];
}

test('a policy that is changed on the way misses nothing: everybody is asked anew by it', async () => {
  const wider = { REFRESH_TIMED_DEVICES_MARGIN: 'P5D', REFRESH_TIMED_DEVICES_ACTIVE_WITHIN: 'P28D' };
  const [less, every] = await twins(() => ({ later: { fromDay: 40, changes: wider } }));
  expect(less.requests / every.requests).toBeLessThan(0.5);
}, 60_000);

test('a Redis that is flushed every ten days misses nothing, and costs the nights after it', async () => {
  const [less, every] = await twins((client) => ({
    beforeRun: async (day) => (day % 10 === 9 ? client.flushall() : undefined),
  }));
  expect(less.requests / every.requests).toBeGreaterThan(0.3);
  expect(less.requests / every.requests).toBeLessThan(0.6);
}, 60_000);

test('a clock that is wrong by minutes to either side misses nothing', async () => {
  const [less, every] = await twins(() => ({ aheadMs: (day) => ((day % 3) - 1) * 4 * 60_000 }));
  expect(less.requests / every.requests).toBeLessThan(0.4);
}, 60_000);

test('a clock that jumps days ahead for a night, and back, misses nothing', async () => {
  const [less, every] = await twins(() => ({
    aheadMs: (day) => (day % 20 === 15 ? 3 * dayMs : day % 20 === 7 ? 20 * hourMs : 0),
  }));
  expect(less.requests / every.requests).toBeLessThan(0.6);
}, 60_000);
