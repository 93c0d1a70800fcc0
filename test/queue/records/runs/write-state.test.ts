import { expect, it } from 'vitest';
import { newRunId } from '../../../../src/queue/messages/run-id.ts';
import { stateToShow } from '../../../../src/queue/messages/run-state.ts';
import { findRun } from '../../../../src/queue/records/runs/find-run.ts';
import { decideRun } from '../../../../src/queue/run-worker/phases/hold.ts';
import { addRun } from '../../../../src/queue/run-worker/requests/add-run.ts';
import { openQueueFixture, until, useRedis } from '../../queue-fixture.ts';

const redis = useRedis();
const users = [{ username: 'kari' }, { username: 'ola' }];

it('a worker that was cut off from Redis does not put a run back that another one carries on', async () => {
  const environment = { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' };
  const { context, work, another, lines } = openQueueFixture(redis(), { users, environment });
  const { runs, vendors } = context.queues;
  await vendors.pointsharp.pause();
  // What the first worker sends last before it is cut off reaches Redis once the connection is back.
  const isCutOff = Promise.withResolvers<void>();
  const isBack = Promise.withResolvers<void>();
  const isSent = Promise.withResolvers<void>();
  const first = another();
  let isFirst = true;
  const hold = (name: 'hset' | 'eval') => {
    const send = first.queues.redis[name].bind(first.queues.redis) as (
      ...given: unknown[]
    ) => Promise<unknown>;
    Object.assign(first.queues.redis, {
      [name]: async (...given: unknown[]) => {
        if (isFirst && given.some((one) => String(one).includes('"phase":"held"'))) {
          isFirst = false;
          isCutOff.resolve();
          await isBack.promise;
          return send(...given).finally(isSent.resolve);
        }
        return send(...given);
      },
    });
  };
  hold('hset');
  hold('eval');
  const id = newRunId('purge-windows', context.now());
  await addRun(runs, 'purge-windows', { mode: 'enforce' }, { trigger: 'command' }, id);
  await work(first);
  await isCutOff.promise;
  await runs.redis.del(`${runs.toKey(id)}:lock`);
  await work();
  const stateOf = async () => stateToShow((await findRun(runs, id))?.data);
  await until(
    async () => (await stateOf())?.phase === 'held' && (await (await findRun(runs, id))?.isDelayed()),
  );
  await decideRun(context.queues, id, { verdict: 'approve', by: 'kari' }, context.now());
  await until(async () => (await stateOf())?.fannedOut && (await stateOf())?.phase === 'apply');
  isBack.resolve();
  await isSent.promise;
  const { phase, hold: held } = (await stateOf()) ?? {};
  await vendors.pointsharp.resume();
  // There is no vendor: a batch that is worked on is interrupted, one that is refused fails.
  await until(async () =>
    lines().some(({ msg }) => msg === 'batch interrupted' || msg === 'queue job failed'),
  );
  const later = await stateOf();
  const refused = lines().filter(
    ({ msg, err }) => msg === 'queue job failed' && JSON.stringify(err).includes('did not make it'),
  );
  expect({
    phase,
    by: held?.answer?.by,
    later: later?.phase ?? 'ended',
    refused: refused.length,
  }).toMatchObject({ phase: 'apply', by: 'kari', refused: 0 });
});
