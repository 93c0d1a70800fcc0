import { expect, onTestFinished, test } from 'vitest';
import { openOps } from '../../src/ops/server.ts';
import { openWorkers } from '../../src/queue/workers.ts';
import { openQueueFixture, useRedis } from '../queue/queue-fixture.ts';
import { ask } from '../support/ops.ts';

const redis = useRedis();

test('what else is served comes with the context, on the same port, and never in place of a probe', async () => {
  const { context } = openQueueFixture(redis(), { environment: { OPS_PORT: '0', OPS_HOST: '127.0.0.1' } });
  const ops = await openOps({
    config: context.config,
    log: context.log,
    name: context.name,
    async site(app, { name }) {
      app.setNotFoundHandler((_request, reply) => reply.code(404).send('no such page'));
      app.get('/', async () => `the site of ${name}`);
      app.get('/livez', async () => 'no probe');
      app.post('/', async ({ body }) => body);
    },
  });
  onTestFinished(() => ops.close());
  const get = (path: string) => ask(ops.port, path);
  expect((await get('/')).status).toBe(404);
  const workers = await openWorkers(context);
  await ops.attach(context, workers);
  expect(await get('/?a=b')).toEqual({ status: 200, text: `the site of ${context.name}` });
  expect((await get('/livez?a=b')).text).toBe('{"status":"ok"}');
  expect(await get('/nothing')).toEqual({ status: 404, text: 'no such page' });
  const headers = { 'content-type': 'application/json' };
  const post = (body: unknown) => ask(ops.port, '/', { method: 'POST', headers, body: JSON.stringify(body) });
  expect(await post({ a: 1 })).toEqual({ status: 200, text: '{"a":1}' });
  expect((await post('a'.repeat(20_000))).status).toBe(413);
  ops.drain();
  await workers.close(0);
});
