import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createBudget } from '../../../src/queue/vendors/budget.ts';
import { createTurns } from '../../../src/queue/vendors/turns.ts';
import { openRedis } from '../../../src/redis/connection.ts';
import { redisAt } from '../../redis/redis-at.ts';
import { slowWay } from '../../redis/slow-way.ts';
import { useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const perSecond = 50;
const callers = 8;

/** When requests of several workers went out, each over its own slow way to one Redis. */
async function passesOver(tripMs: number, workers: number, count: number): Promise<number[]> {
  const address = await slowWay(redis().socketPath, tripMs / 2);
  const prefix = `{${randomUUID()}}`;
  const passes: number[] = [];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const connection = openRedis(redisAt(address), () => {});
      onTestFinished(() => connection.disconnect());
      const budget = createBudget({
        redis: connection,
        prefix,
        vendor: 'pointsharp',
        requestsPerSecond: perSecond,
      });
      const call = async () => {
        while (passes.length < count) {
          await budget?.();
          passes.push(performance.now());
          await delay(5);
        }
      };
      await Promise.all(Array.from({ length: callers }, call));
    }),
  );
  return passes.sort((one, other) => one - other);
}

test('two workers that are 300 ms from Redis use most of the budget, and never more of it', async () => {
  const passes = await passesOver(300, 2, 300);
  // One trip for each turn lets through 6.8 a second. The first trips are still short of turns.
  const [begun = 0] = passes.slice(100);
  const [ended = 0] = passes.slice(250);
  expect((150 * 1000) / (ended - begun)).toBeGreaterThan(perSecond * 0.7);
  // In any stretch of time there are no more than the budget has for it, but for what timers here are late.
  const lateMs = 250;
  for (const from of passes) {
    for (const ms of [500, 1000, 2000, 4000]) {
      const within = passes.filter((time) => time >= from && time < from + ms).length;
      expect(within).toBeLessThanOrEqual((perSecond * (ms + lateMs)) / 1000 + 1);
    }
  }
});

/** Turns whose way takes a while, with what was asked for. */
function turnsOf(intervalMs: number) {
  const asked: number[] = [];
  const started = performance.now();
  let free = 0;
  const turn = createTurns(async (count) => {
    asked.push(count);
    await delay(20);
    const now = performance.now() - started;
    const first = Math.max(free, now);
    free = first + count * intervalMs;
    return { at: now, first };
  }, intervalMs);
  return { turn, asked, taken: () => asked.reduce((sum, count) => sum + count, 0) };
}

test('whoever asks now and then takes no turns from others', async () => {
  const { turn, taken } = turnsOf(5);
  for (let count = 0; count < 10; count += 1) {
    await turn();
    await delay(60);
  }
  expect(taken()).toBeLessThanOrEqual(20);
});

test('turns come in order, and no trip asks for more than is used in the time of two', async () => {
  const { turn, asked } = turnsOf(5);
  const order: number[] = [];
  await Promise.all(Array.from({ length: 100 }, (_, index) => turn().then(() => order.push(index))));
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(Math.max(...asked)).toBeLessThan(60);
});

test('turns that cannot be taken fail everybody who waits, and are asked for again', async () => {
  let fails = true;
  const turn = createTurns(async () => {
    if (fails) throw new Error('no Redis');
    return { at: 0, first: 0 };
  }, 1);
  const failed = await Promise.allSettled([turn(), turn(), turn()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  fails = false;
  await turn();
});
