import { expect, it } from 'vitest';
import { newRunId } from '../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../src/queue/records/runs/find-run.ts';
import { decideRun } from '../../../src/queue/run-worker/phases/hold.ts';
import { addRun } from '../../../src/queue/run-worker/requests/add-run.ts';
import { breakAfter } from '../../support/broken-way.ts';
import { openQueueFixture, until, useRedis } from '../queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

async function openHeldRun() {
  const environment = { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' };
  const fixture = openQueueFixture(redis(), { users, environment });
  const { runs } = fixture.context.queues;
  const id = newRunId('purge-windows', fixture.context.now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await fixture.work();
  await until(async () => {
    const run = await findRun(runs, id);
    return stateToShow(run?.data)?.phase === 'held' && (await run?.isDelayed());
  });
  return { ...fixture, runs, id, now: fixture.context.now() };
}

it('a rejection whose reply is lost with the connection is taken for what it is, and carried out', async () => {
  const { runs, id, now, environment } = await openHeldRun();
  const way = await breakAfter(redis().socketPath, "redis.call('hget', KEYS[1], 'state')");
  const { context } = openQueueFixture(redis(), { environment: { ...environment, REDIS_URL: way.url } });
  await context.queues.redis.ping();
  way.arm();
  const told = await decideRun(context.queues, id, { verdict: 'reject', by: 'kari' }, now).then(
    () => 'rejected',
    (error: Error) => error.message,
  );
  expect(way.broken()).toBe(1);
  expect(told).toBe('rejected');
  await until(async () => (await (await runs.getJob(id))?.getState()) === 'completed');
});

it('a rejection by a process that dies before it wakes the run can be finished by saying it again', async () => {
  const { context, runs, id, now, another } = await openHeldRun();
  const dying = another();
  // What it would do after its decision is written never happens.
  const read = dying.queues.redis.hmget.bind(dying.queues.redis);
  let isDead = false;
  const evaluate = dying.queues.redis.eval.bind(dying.queues.redis) as (
    ...given: unknown[]
  ) => Promise<unknown>;
  Object.assign(dying.queues.runs.redis, {
    eval: async (...given: unknown[]) => {
      const reply = await evaluate(...given);
      isDead = true;
      return reply;
    },
    hmget: (...given: Parameters<typeof read>) => (isDead ? new Promise(() => {}) : read(...given)),
  });
  void decideRun(dying.queues, id, { verdict: 'reject', by: 'kari' }, now);
  await until(async () => stateToShow((await findRun(runs, id))?.data)?.hold?.answer);
  const again = decideRun(context.queues, id, { verdict: 'reject', by: 'kari' }, now);
  await expect(again).rejects.toThrow('is already rejected');
  await until(async () => (await (await runs.getJob(id))?.getState()) === 'completed');
});
