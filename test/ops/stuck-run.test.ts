import { expect, it, onTestFinished } from 'vitest';
import { heartbeatLimits } from '../../src/ops/health/heartbeat-monitor.ts';
import { openOps } from '../../src/ops/server.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { openWorkers } from '../../src/queue/workers.ts';
import { openQueueFixture, until, useRedis } from '../queue/queue-fixture.ts';
import { ask } from '../support/ops.ts';

const redis = useRedis();

it('a process that cannot get on with a run fails its liveness, with the reason, until it can', async () => {
  const users = Promise.withResolvers<void>();
  const { context, lines } = openQueueFixture(redis(), {
    environment: { OPS_PORT: '0', OPS_HOST: '127.0.0.1' },
  });
  const limits = { ...heartbeatLimits, lookEveryMs: 50, stuckAfterMs: 500 };
  const ops = await openOps({ config: context.config, log: context.log, name: context.name, limits });
  const opened = {
    ...context,
    openRoster: async () => ({
      name: 'roster that nothing ends',
      async *read() {
        await users.promise;
        yield [{ line: 2, user: { username: 'anna' } }];
      },
      close: async () => {},
    }),
  };
  const workers = await openWorkers(opened);
  await ops.attach(opened, workers);
  onTestFinished(async () => {
    await workers.close(0);
    await ops.close();
  });
  const livez = () => ask(ops.port, '/livez');
  expect((await livez()).status).toBe(200);
  const id = newRunId('purge-windows', context.now());
  await addRun(context.queues.runs, 'purge-windows', {}, { trigger: 'schedule' }, id);
  await until(async () => (await livez()).status === 503);
  expect((await livez()).text).toContain('without coming to its next step');
  expect(lines().find(({ msg }) => msg === 'run stuck')).toMatchObject({ level: 'error' });
  users.resolve();
  await until(async () => (await livez()).status === 200);
});
