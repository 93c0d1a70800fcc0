import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { VendorError } from '../../../src/clients/errors/vendor-error.ts';
import { createBudget } from '../../../src/queue/vendors/budget.ts';
import { budgetWindow } from '../../../src/queue/vendors/local-budget.ts';
import { openRedis } from '../../../src/redis/connection.ts';
import { redisAt } from '../../redis/redis-at.ts';
import { useRedis } from '../queue-fixture.ts';

const redis = useRedis();

function connect() {
  const connection = openRedis(redisAt(redis().url), () => {});
  onTestFinished(() => connection.disconnect());
  return connection;
}

const rate = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.05, max: 2000, noNaN: true }));

test('a window of the budget lets through at most the rate, and at least 95 % of it', () => {
  fc.assert(
    fc.property(rate, (perSecond) => {
      const { points, windowMs } = budgetWindow(perSecond);
      const reached = (points * 1000) / windowMs;
      expect(Number.isInteger(points) && Number.isInteger(windowMs)).toBe(true);
      expect(reached).toBeLessThanOrEqual(perSecond * (1 + 1e-9));
      expect(reached).toBeGreaterThanOrEqual(perSecond * 0.95);
    }),
    { numRuns: 3000 },
  );
});

test('in no second do windows of the budget let through more than 110 % and one request', () => {
  fc.assert(
    fc.property(rate, (perSecond) => {
      const { points, windowMs } = budgetWindow(perSecond);
      // A window begins with its first request. At worst the others follow at its very end, and whole windows after it.
      const windows = Math.floor(999 / windowMs) + 1;
      expect(points - 1 + windows * points).toBeLessThanOrEqual(perSecond * 1.1 + 1);
    }),
    { numRuns: 3000 },
  );
});

test('a rate without a limit needs no budget', () => {
  expect(
    createBudget({ redis: connect(), prefix: '{none}', vendor: 'pointsharp', requestsPerSecond: 0 }),
  ).toBeUndefined();
});

test('two workers share one budget of requests', async () => {
  const perSecond = 200;
  const prefix = `{${randomUUID()}}`;
  const passes: number[] = [];
  await Promise.all(
    [connect(), connect()].map(async (redis) => {
      const budget = createBudget({
        redis,
        prefix,
        vendor: 'pointsharp',
        requestsPerSecond: perSecond,
      });
      if (!budget) throw new Error('there is no budget');
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let count = 0; count < 16; count += 1) {
            await budget();
            passes.push(performance.now());
          }
        }),
      );
    }),
  );
  expect(passes).toHaveLength(256);
  const times = passes.sort((one, other) => one - other);
  for (const [index, from] of times.entries()) {
    const inSecond = times.slice(index).filter((time) => time < from + 1000).length;
    // A pass is noted when its turn is told, so some may be noted late.
    expect(inSecond).toBeLessThanOrEqual(perSecond * 1.15);
  }
});

test('the two vendors have budgets of their own', async () => {
  const connection = connect();
  const prefix = `{${randomUUID()}}`;
  for (const vendor of ['pointsharp', 'superoffice'] as const) {
    // One request in a hundred seconds: a second one of the same vendor would not come through here.
    await createBudget({ redis: connection, prefix, vendor, requestsPerSecond: 0.01 })?.();
  }
  const keys = await connection.keys(`${prefix}*`);
  expect(keys).toHaveLength(2);
});

test('a Redis that cannot count is the trouble of everybody, not of one user', async () => {
  const connection = connect();
  const prefix = `{${randomUUID()}}`;
  const budget = createBudget({ redis: connection, prefix, vendor: 'pointsharp', requestsPerSecond: 10 });
  await connection.config('SET', 'maxmemory', '1');
  const error = await budget?.().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  await connection.config('SET', 'maxmemory', '0');
  expect(error).toBeInstanceOf(VendorError);
  expect(error).toMatchObject({ vendor: 'pointsharp', remedy: 'retry-batch' });
  expect(String(error)).toMatch(/Redis.*OOM/);
});
