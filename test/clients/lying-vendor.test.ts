import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Duration } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { pointsharpReader, pointsharpWriter } from '../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../src/clients/superoffice/client.ts';
import { always, startServer } from './local-server.ts';
import { failureOf, pointsharpAt, session, superofficeAt } from './vendors.ts';

/*
 * A vendor's server that has been taken over, or something that answers in its place. Whatever it sends, in whatever
 * pace, it costs bounded time and memory and one user, or the run is told to stop.
 */

const kari = { username: 'kari' };
const requestTimeout = Duration.fromMillis(100);
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** A server that answers each connection in its own way. */
async function startLyingServer(answer: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
}

/** Sends a little now and then, well within every time-out. */
function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.on('close', () => clearInterval(timer));
}

/** Sends as much as the other side takes. */
function flood(socket: Socket, text: string): void {
  const go = () => {
    while (socket.writable && socket.write(text));
  };
  socket.on('drain', go);
  go();
}

const hint = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n';
const line = `x-line: ${'a'.repeat(1000)}\r\n`;

test.each<[what: string, why: string, answer: (socket: Socket) => void]>([
  [
    'a body that never ends, a blank at a time',
    'timed out',
    (socket) => {
      socket.write(`${head}content-length: 1000000\r\n\r\n[`);
      drip(socket, ' ');
    },
  ],
  [
    'a chunked body that never ends',
    'timed out',
    (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
      drip(socket, '1\r\n \r\n');
    },
  ],
  ['hints in place of an answer, now and then', 'timed out', (socket) => drip(socket, hint)],
  ['hints in place of an answer, without a pause', 'timed out', (socket) => flood(socket, hint.repeat(100))],
  [
    'a header that never ends',
    'timed out',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-line: ');
      drip(socket, 'a');
    },
  ],
  [
    'the head of a chunk that never ends',
    'timed out',
    (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n1;`);
      flood(socket, 'a'.repeat(65_536));
    },
  ],
  [
    'headers without end',
    'response headers too long',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, line);
    },
  ],
  [
    'trailers without end',
    'response headers too long',
    (socket) => {
      socket.write(`${head}transfer-encoding: chunked\r\n\r\n0\r\n`);
      flood(socket, line);
    },
  ],
])('a vendor that sends %s ends the request (%s)', async (_what, why, answer) => {
  const client = pointsharpWriter(session(pointsharpAt(await startLyingServer(answer), { requestTimeout })));
  for (const failure of await Promise.all([
    failureOf(client.listDevices(kari)),
    failureOf(client.removeExpiredWindows(kari)),
  ])) {
    expect(failure).toMatchObject({ name: 'Unreachable', remedy: 'retry-batch' });
    expect(failure.message).toContain(why);
  }
});

test('a failure whose page never ends is known by its status', async () => {
  const url = await startLyingServer((socket) => {
    socket.write('HTTP/1.1 401 No\r\ncontent-length: 1000000\r\n\r\n');
    drip(socket, ' ');
  });
  const client = pointsharpReader(session(pointsharpAt(url, { requestTimeout })));
  expect(await failureOf(client.listDevices(kari))).toMatchObject({ status: 401, remedy: 'stop-run' });
});

test('a long answer that keeps coming within the time is read', async () => {
  const server = await startServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[');
    setTimeout(() => response.end(']'), 60);
  });
  const client = pointsharpReader(session(pointsharpAt(server.url, { requestTimeout })));
  await expect(client.listDevices(kari)).resolves.toEqual([]);
});

test('a compressed answer is not unpacked, so a small one stays small', async () => {
  const server = await startServer((_received, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('[]')),
  );
  const failure = await failureOf(pointsharpReader(session(pointsharpAt(server.url))).listDevices(kari));
  expect(failure.message).toContain('not JSON');
  expect(server.received[0]?.headers).not.toHaveProperty('accept-encoding');
});

test('a redirect is not followed, and no credentials go where it points', async () => {
  const elsewhere = await startServer(always(200, '[]'));
  const server = await startServer(always(307, '', { location: elsewhere.url.href }));
  const signedIn = { auth: 'basic', username: 'svc', password: 'canary' } as const;
  const client = pointsharpWriter(session(pointsharpAt(server.url, signedIn)));
  for (const call of [client.listDevices(kari), client.removeWindows(kari)])
    expect(await failureOf(call)).toMatchObject({ status: 307, remedy: 'ask-others' });
  expect(elsewhere.received).toEqual([]);
});

const device = { DeviceId: 'd1' };
const many = (count: number, one: object) => Array.from({ length: count }, () => one);

test.each<[what: string, devices: unknown, where: string]>([
  ['more devices than anybody has', many(1001, device), 'at the top level: expected at most 1000'],
  ['an id without end', [{ DeviceId: 'd'.repeat(513) }], 'at [0].DeviceId: expected at most 512'],
  [
    'a name without end',
    [{ ...device, FriendlyName: 'n'.repeat(4097) }],
    'at [0].FriendlyName: expected at most 4096',
  ],
  [
    'a title without end',
    [{ ...device, Details: { Title: 'n'.repeat(4097) } }],
    'Title: expected at most 4096',
  ],
  ['arrays in arrays without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'at [0]: expected object'],
  [
    'a prototype in place of a device',
    '[{"__proto__":{"DeviceId":"d1"}}]',
    'at [0].DeviceId: expected string',
  ],
])('Pointsharp answering with %s fails that user only', async (_what, devices, where) => {
  const body = typeof devices === 'string' ? devices : JSON.stringify(devices);
  const server = await startServer(always(200, body));
  const failure = await failureOf(pointsharpReader(session(pointsharpAt(server.url))).listDevices(kari));
  expect(failure).toMatchObject({ name: 'Unreadable', remedy: 'fail-user' });
  expect(failure.message).toContain(where);
  expect(failure.message.length).toBeLessThan(400);
});

test.each<[what: string, registrations: unknown, where: string]>([
  ['more registrations than anybody has', many(1001, {}), 'at the top level: expected at most 1000'],
  ['an id without end', [{ DeviceIdentifier: 'd'.repeat(513) }], 'DeviceIdentifier: expected at most 512'],
  ['a push handle without end', [{ PNSHandle: 'h'.repeat(16_385) }], 'PNSHandle: expected at most 16384'],
  ['a platform without end', [{ Platform: 'p'.repeat(4097) }], 'Platform'],
])('SuperOffice answering with %s fails that user only', async (_what, registrations, where) => {
  const server = await startServer(always(200, JSON.stringify(registrations)));
  const client = superofficeReader(session(superofficeAt(server.url)));
  const failure = await failureOf(client.listRegistrations(919));
  expect(failure).toMatchObject({ name: 'Unreadable', remedy: 'fail-user' });
  expect(failure.message).toContain(where);
  expect(failure.message).not.toContain('hhh');
});

test('an answer as long as may come is read to its end', async () => {
  const largest = Array.from({ length: 1000 }, (_, index) => ({
    DeviceId: String(index).padStart(512, 'd'),
    UserAgent: 'u'.repeat(4096),
  }));
  const server = await startServer(always(200, JSON.stringify(largest)));
  const client = pointsharpReader(session(pointsharpAt(server.url)));
  expect(await client.listDevices(kari)).toHaveLength(1000);
});
