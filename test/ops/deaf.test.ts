import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { openOps } from '../../src/ops/server.ts';
import type { WorkerContext } from '../../src/queue/context.ts';
import { newRunId } from '../../src/queue/messages/run-id.ts';
import { addRun } from '../../src/queue/run-worker/requests/add-run.ts';
import { openWorkers } from '../../src/queue/workers.ts';
import { openQueueFixture, until } from '../queue/queue-fixture.ts';
import { ask } from '../support/ops.ts';
import { startProxy } from '../support/proxy.ts';

/** As in production, but quicker; without schedules a worker turns every second. */
const limits = { heartbeatEveryMs: 100, lookEveryMs: 200, deafAfterMs: 3_000, misses: 2 };

/** A worker that reaches its Redis through a network that can be hurt, and its probes. */
async function openStage() {
  const redis = await startPrivateRedis();
  const proxy = await startProxy(redis.socketPath);
  const { context, lines } = openQueueFixture(redis, {
    environment: { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, OPS_PORT: '0', OPS_HOST: '127.0.0.1' },
    users: [{ username: 'kari' }],
  });
  const ops = await openOps({ config: context.config, log: context.log, name: context.name, limits });
  const workers = await openWorkers(context);
  await ops.attach(context, workers);
  onTestFinished(async () => {
    await ops.close();
    // First of all: what hangs would hold up everything else.
    proxy.close();
    context.queues.redis.disconnect();
    await redis.stop();
  });
  const livez = () => ask(ops.port, '/livez');
  const seenAlive = () => until(async () => (await heartbeatsOf(context)) > 2);
  return { redis, proxy, context, lines, ops, livez, seenAlive };
}

async function heartbeatsOf({ queues, name }: WorkerContext): Promise<number> {
  return Number(await queues.redis.hget(`${queues.prefix}:beats:${name}`, 'caretaker-runs'));
}

test('a worker is found deaf whose connections stay open and carry nothing any more, while Redis answers others', async () => {
  const { proxy, livez, seenAlive, lines } = await openStage();
  await seenAlive();
  expect((await livez()).status).toBe(200);
  proxy.deafen();
  await until(async () => (await livez()).status === 503);
  const queues = ['caretaker-runs', 'caretaker-pointsharp', 'caretaker-superoffice'];
  // They were seen last at different looks.
  const reason = await until(async () => {
    const said = (JSON.parse((await livez()).text) as { reason: string }).reason;
    return queues.every((queue) => said.includes(queue)) && said;
  });
  expect(reason).toContain('Redis responds, but it has received no heartbeat of the worker on');
  expect(lines().find(({ msg }) => msg === 'worker deaf')).toMatchObject({ level: 'error' });
});

test('a worker is found deaf that goes on with a master that was left behind by a failover', async () => {
  const { proxy, context, livez, seenAlive } = await openStage();
  const successor = await startPrivateRedis();
  onTestFinished(() => successor.stop());
  await seenAlive();
  proxy.redirect(successor.socketPath);
  await until(async () => (await livez()).status === 503);
  // It works, with no error to be seen: on a Redis that nobody else uses.
  const added = await addRun(
    context.queues.runs,
    'purge-windows',
    { mode: 'observe' },
    { trigger: 'command' },
    newRunId('purge-windows', context.now()),
  );
  await until(async () => (await context.queues.runs.getJob(added.id))?.finishedOn);
});

test('a Redis that is down fails no liveness, however long; a worker that is back with it is live and ready', async () => {
  const { redis, ops, livez, seenAlive, lines } = await openStage();
  await seenAlive();
  const readyz = () => ask(ops.port, '/readyz');
  expect(await readyz()).toMatchObject({ status: 200 });
  await redis.kill();
  await until(async () => (await readyz()).status === 503);
  expect(JSON.parse((await readyz()).text).reason).toMatch(/^Redis at redis:.* is not available/);
  // Longer than a deaf worker would be left alive.
  const since = performance.now();
  await until(async () => {
    expect((await livez()).status).toBe(200);
    return performance.now() - since > limits.deafAfterMs + 4 * limits.lookEveryMs;
  });
  await redis.restart();
  await until(async () => (await readyz()).status === 200);
  expect((await livez()).status).toBe(200);
  expect(lines().filter(({ msg }) => msg === 'worker deaf')).toEqual([]);
});
