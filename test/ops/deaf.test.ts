import { expect, onTestFinished, test } from 'vitest';
import { startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { openOps } from '../../src/ops/server.ts';
import type { Crew } from '../../src/queue/context.ts';
import { addRun, newRunId } from '../../src/queue/run-worker/add-run.ts';
import { openWorkers } from '../../src/queue/workers.ts';
import { openWorkshop, until } from '../queue/workshop.ts';
import { ask } from '../support/ops.ts';
import { startProxy } from '../support/proxy.ts';

/** As in production, but quicker; without schedules a worker turns every second. */
const limits = { beatEveryMs: 100, lookEveryMs: 200, deafAfterMs: 3_000, misses: 2 };

/** A worker that reaches its Redis through a network that can be hurt, and its probes. */
async function openStage() {
  const redis = await startPrivateRedis();
  const proxy = await startProxy(redis.socketPath);
  const { crew, lines } = openWorkshop(redis, {
    environment: { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, OPS_PORT: '0', OPS_HOST: '127.0.0.1' },
    users: [{ username: 'kari' }],
  });
  const ops = await openOps({ config: crew.config, log: crew.log, name: crew.name, limits });
  const workers = await openWorkers(crew);
  await ops.attach(crew, workers);
  onTestFinished(async () => {
    await ops.close();
    // First of all: what hangs would hold up everything else.
    proxy.close();
    crew.queues.redis.disconnect();
    await redis.stop();
  });
  const livez = () => ask(ops.port, '/livez');
  const seenAlive = () => until(async () => (await beatsOf(crew)) > 2);
  return { redis, proxy, crew, lines, ops, livez, seenAlive };
}

async function beatsOf({ queues, name }: Crew): Promise<number> {
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
  expect(reason).toContain('Redis answers, but no sign of life of the worker on');
  expect(lines().find(({ msg }) => msg === 'worker deaf')).toMatchObject({ level: 'error' });
});

test('a worker is found deaf that goes on with a master that was left behind by a failover', async () => {
  const { proxy, crew, livez, seenAlive } = await openStage();
  const successor = await startPrivateRedis();
  onTestFinished(() => successor.stop());
  await seenAlive();
  proxy.redirect(successor.socketPath);
  await until(async () => (await livez()).status === 503);
  // It works, with no error to be seen: on a Redis that nobody else uses.
  const added = await addRun(
    crew.queues.runs,
    'purge-windows',
    { mode: 'observe' },
    { trigger: 'command' },
    newRunId('purge-windows', crew.now()),
  );
  await until(async () => (await crew.queues.runs.getJob(added.id))?.finishedOn);
});

test('a Redis that is down fails no liveness, however long; a worker that is back with it is live and ready', async () => {
  const { redis, ops, livez, seenAlive, lines } = await openStage();
  await seenAlive();
  const readyz = () => ask(ops.port, '/readyz');
  expect(await readyz()).toMatchObject({ status: 200 });
  await redis.kill();
  await until(async () => (await readyz()).status === 503);
  expect(JSON.parse((await readyz()).text).reason).toMatch(/^Redis at redis:.* does not answer/);
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
