import { buildConnector } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { openPool } from '../../../../src/clients/http/transport/pool.ts';
import { pointsharpWriter } from '../../../../src/clients/pointsharp/client.ts';
import { startServer } from '../../local-server.ts';
import { failureOf, pointsharpAt, session } from '../../vendors.ts';

test('each request gets a connection that is free, and shares one only when all are taken', async () => {
  const pool = openPool('http://127.0.0.1:9', 2, { connect: buildConnector({}) });
  onTestFinished(() => pool.destroy());
  const [first, second] = [pool.take(), pool.take()];
  expect(second).not.toBe(first);
  const shared = pool.take();
  expect([first, second]).toContain(shared);
  const other = shared === first ? second : first;
  // The shared one is free once, and only when both of its requests have ended.
  pool.give(shared);
  pool.give(shared);
  expect(pool.take()).toBe(shared);
  expect(pool.take()).toBe(other);
});

test('a connection serves again after an answer, a refusal and no answer at all', async () => {
  const sockets = new Set<unknown>();
  // What is not answered on a connection that served before is sent once more.
  const replies = [200, 400, 0, 0, 200, 200];
  const server = await startServer((_, response) => {
    sockets.add(response.socket);
    const status = replies.shift() ?? 200;
    if (status === 0) response.destroy();
    else response.writeHead(status, { 'content-type': 'application/json' }).end('[]');
  });
  const client = pointsharpWriter(session(pointsharpAt(server.url, { requestsInFlight: 3 })));
  const kari = { username: 'kari' };
  await client.listDevices(kari);
  expect(await failureOf(client.listDevices(kari))).toMatchObject({ status: 400 });
  expect(sockets.size).toBe(1);
  expect(await failureOf(client.listDevices(kari))).toMatchObject({ name: 'Unreachable' });
  await client.listDevices(kari);
  await client.listDevices(kari);
  // The one that broke is opened anew, and no other.
  expect(sockets.size).toBe(3);
});
