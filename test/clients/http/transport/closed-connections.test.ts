import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { ServerOptions } from 'node:https';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pointsharpReader, pointsharpWriter } from '../../../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../../../src/clients/superoffice/client.ts';
import { type Received, startServer } from '../../local-server.ts';
import { failureOf, fixture, pointsharpAt, superofficeAt } from '../../vendors.ts';

const kari = { username: 'kari' };

/** Answers the first of so many requests of a connection, and closes it, in the given way, at the next. */
async function startClosing(
  close: (response: ServerResponse) => void,
  { body = '', answersFirst = 1, tls }: { body?: string; answersFirst?: number; tls?: ServerOptions } = {},
) {
  const seen = new Map<unknown, number>();
  return startServer((_received: Received, response) => {
    const { socket } = response.req;
    const count = (seen.get(socket) ?? 0) + 1;
    seen.set(socket, count);
    if (count > answersFirst) return close(response);
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }, tls);
}

const tls = { key: readFileSync(fixture('server.key.pem')), cert: readFileSync(fixture('server.pem')) };
const ways: readonly [how: string, close: (response: ServerResponse) => void, tls?: ServerOptions][] = [
  ['closed', (response) => response.req.socket.end()],
  ['reset', (response) => response.req.socket.resetAndDestroy()],
  ['closed (over TLS)', (response) => response.req.socket.end(), tls],
];

test.each(ways)(
  'a request on a connection that the server has %s meanwhile is sent once more, reads and writes alike',
  async (_how, close, secured) => {
    const server = await startClosing(close, secured ? { tls: secured } : {});
    const turns: string[] = [];
    const beforeRequest = async () => void turns.push('turn');
    const connections = pointsharpAt(
      server.url,
      { requestsInFlight: 1, ...(secured ? { caFile: fileURLToPath(fixture('authority.pem')) } : {}) },
      { beforeRequest },
    );
    const meter = { requests: 0, repeatedWrites: 0 };
    const client = pointsharpWriter(connections.session(meter));
    for (let turn = 0; turn < 3; turn += 1) await client.removeWindows(kari);
    await client.updateDeviceTime(kari, 'phone');
    expect(await client.listDevices(kari)).toEqual([]);
    // Five calls, of which each but the first came over a connection that was closed at it.
    expect(server.received).toHaveLength(9);
    expect(meter).toEqual({ requests: 9, repeatedWrites: 3 });
    expect(turns).toHaveLength(9);
  },
);

test('a read by POST is sent once more as well', async () => {
  const server = await startClosing((response) => response.req.socket.end(), { body: '[]' });
  const meter = { requests: 0 };
  const client = superofficeReader(superofficeAt(server.url, { requestsInFlight: 1 }).session(meter));
  for (const associate of [1, 2]) expect(await client.listRegistrations(associate)).toEqual([]);
  expect(meter).toEqual({ requests: 3 });
});

test('a write that is not the same when it is done twice is not sent once more', async () => {
  const server = await startClosing((response) => response.req.socket.end());
  const meter = { requests: 0 };
  const client = pointsharpWriter(pointsharpAt(server.url, { requestsInFlight: 1 }).session(meter));
  await client.removeWindows(kari);
  const failure = await failureOf(client.openWindow(kari, { timeoutMinutes: 5, userAgentPattern: '*' }));
  expect(failure.name).toBe('Unreachable');
  expect(meter).toEqual({ requests: 2 });
});

test.each<[what: string, close: (response: ServerResponse) => void, answersFirst: number, requests: number]>([
  ['on a new connection', (response) => response.req.socket.end(), 0, 1],
  [
    'with a part of its answer',
    (response) => response.req.socket.write('HTTP/1.1 2', () => response.req.socket.end()),
    1,
    2,
  ],
])('a request that fails %s is not sent once more', async (_what, close, answersFirst, requests) => {
  const server = await startClosing(close, { answersFirst });
  const meter = { requests: 0 };
  const client = pointsharpReader(pointsharpAt(server.url, { requestsInFlight: 1 }).session(meter));
  if (answersFirst > 0) await client.listDevices(kari);
  expect((await failureOf(client.listDevices(kari))).name).toBe('Unreachable');
  expect(meter.requests).toBe(requests);
});

test('nothing is sent once more after a stop', async () => {
  const stop = new AbortController();
  const server = await startClosing((response) => {
    stop.abort();
    response.req.socket.end();
  });
  const meter = { requests: 0, signal: stop.signal };
  const client = pointsharpReader(pointsharpAt(server.url, { requestsInFlight: 1 }).session(meter));
  await client.listDevices(kari);
  expect((await failureOf(client.listDevices(kari))).name).toBe('Unreachable');
  expect(meter.requests).toBe(2);
});
