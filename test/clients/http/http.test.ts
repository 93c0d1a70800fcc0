import { expect, test } from 'vitest';
import type { Exchange } from '../../../src/clients/http/exchange.ts';
import { pointsharpWriter } from '../../../src/clients/pointsharp/client.ts';
import { always, startServer } from '../local-server.ts';
import { failureOf, pointsharpAt, session } from '../vendors.ts';

const kari = { username: 'kari' };

test('each session with a vendor counts its own requests, failed ones too', async () => {
  const server = await startServer((received, response) => {
    response.writeHead(received.target.includes('Waiting') ? 500 : 200).end();
  });
  const connections = pointsharpAt(server.url);
  const [one, two] = [{ requests: 0 }, { requests: 0 }];
  const client = pointsharpWriter(connections.session(one));
  await client.removeExpiredWindows(kari);
  await failureOf(client.removeWaitingWindows(kari));
  await failureOf(client.removeDevice(kari, ''));
  await pointsharpWriter(connections.session(two)).removeWindows(kari);
  expect([one, two]).toEqual([{ requests: 2 }, { requests: 1 }]);
});

test('there are no more connections than requests in flight are configured, over all sessions', async () => {
  const ports = new Set<number | undefined>();
  const server = await startServer((_received, response) => {
    ports.add(response.req.socket.remotePort);
    response.end();
  });
  const connections = pointsharpAt(server.url, { requestsInFlight: 3 });
  await Promise.all(
    Array.from({ length: 12 }, () => pointsharpWriter(session(connections)).removeWindows(kari)),
  );
  expect(server.received).toHaveLength(12);
  expect(ports.size).toBe(3);
});

test('the budget is waited for before each request, and may refuse it', async () => {
  const server = await startServer(always(200));
  const steps: string[] = [];
  const connections = pointsharpAt(
    server.url,
    {},
    {
      beforeRequest: async () => {
        steps.push('budget');
        if (steps.length > 2) throw new Error('no budget left');
      },
    },
  );
  const meter = { requests: 0 };
  const client = pointsharpWriter(connections.session(meter));
  await client.removeWindows(kari);
  await client.removeWindows(kari);
  await expect(client.removeWindows(kari)).rejects.toThrow('no budget left');
  expect(server.received).toHaveLength(2);
  expect(meter.requests).toBe(2);
});

test('a request that waits for the budget is not sent any more, and not waited for, once nothing more is to be sent', async () => {
  const server = await startServer(always(200));
  const { promise: never } = Promise.withResolvers<void>();
  const connections = pointsharpAt(server.url, {}, { beforeRequest: () => never });
  const stop = new AbortController();
  const meter = { requests: 0, signal: stop.signal };
  const client = pointsharpWriter(connections.session(meter));
  const failures = [client.removeWindows(kari), client.removeExpiredWindows(kari)].map(failureOf);
  stop.abort();
  for (const failure of [...failures, failureOf(client.removeWindows(kari))]) {
    expect(await failure).toMatchObject({ name: 'Interrupted', mayHaveGoneThrough: false });
  }
  expect(server.received).toHaveLength(0);
  expect(meter.requests).toBe(0);
});

test('each exchange with a vendor is told with its operation and its end', async () => {
  const statuses = [200, 429];
  const server = await startServer((_received, response) => {
    const status = statuses.shift();
    if (status === undefined) response.destroy();
    else response.writeHead(status).end();
  });
  const exchanges: Exchange[] = [];
  const client = pointsharpWriter(
    session(pointsharpAt(server.url, {}, { onAnswer: (exchange) => exchanges.push(exchange) })),
  );
  await client.removeWindows(kari);
  await failureOf(client.removeWindows(kari));
  await failureOf(client.removeWindows(kari));
  const [done, throttled, unreachable] = exchanges;
  expect(exchanges).toHaveLength(3);
  expect(done).toEqual({ operation: 'DELETE Device/Windows', status: 200, durationMs: expect.any(Number) });
  expect(throttled).toMatchObject({ status: 429, failure: 'Throttled' });
  expect(unreachable).toEqual({
    operation: 'DELETE Device/Windows',
    failure: 'Unreachable',
    durationMs: expect.any(Number),
  });
});

test('closing the connections to a vendor waits for what is in flight and takes nothing new', async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
  const server = await startServer((_received, response) => arrive(() => response.end()));
  const connections = pointsharpAt(server.url);
  const client = pointsharpWriter(session(connections));
  const call = client.removeWindows(kari);
  const answer = await arrived;
  const closed = connections.close();
  expect(await failureOf(client.removeWindows(kari))).toMatchObject({
    name: 'Interrupted',
    remedy: 'retry-batch',
  });
  answer();
  await expect(call).resolves.toBeUndefined();
  await closed;
});

test('destroying the connections to a vendor interrupts what is in flight, what waits, and what comes later', async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const server = await startServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[');
    arrive();
  });
  const connections = pointsharpAt(server.url, { requestsInFlight: 1 });
  const client = pointsharpWriter(session(connections));
  const calls = [client.listDevices(kari), client.removeWindows(kari)];
  const failures = Promise.all(calls.map(failureOf));
  await arrived;
  await connections.destroy();
  for (const failure of [...(await failures), await failureOf(client.removeWindows(kari))]) {
    expect(failure).toMatchObject({ name: 'Interrupted', remedy: 'retry-batch' });
    expect(failure.message).toMatch(/was (interrupted|not sent) because this process stops/);
  }
});
