import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { Duration } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { connectionFailure } from '../../../src/clients/errors/connection-failure.ts';
import type { Subject } from '../../../src/clients/errors/subject.ts';
import { pointsharpWriter } from '../../../src/clients/pointsharp/client.ts';
import { startServer } from '../local-server.ts';
import { failureOf, pointsharpAt, session } from '../vendors.ts';

const kari = { username: 'kari' };
const soon = { requestTimeout: Duration.fromMillis(100) };

/** A server that does what it likes with each connection. */
async function startRawServer(onData: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.once('data', () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
}

function bothFailures(url: URL, changes = {}) {
  const client = pointsharpWriter(session(pointsharpAt(url, changes)));
  return Promise.all([failureOf(client.listDevices(kari)), failureOf(client.removeExpiredWindows(kari))]);
}

const subject: Subject = {
  vendor: {
    name: 'superoffice',
    title: 'SuperOffice',
    onUnauthorized: '',
    onForbidden: { reason: '', advice: '' },
    onForbiddenPage: '',
    onWindowsSignIn: '',
    onMethodNotAllowed: { reason: '', advice: '' },
  },
  operation: 'GET Device',
  what: 'SuperOffice GET Device for kari failed',
  address: 'https://crm.example/api/',
};

test.each([
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EAI_AGAIN', 'DNS lookup failed: the DNS server does not respond'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connection timed out'],
  ['UND_ERR_HEADERS_OVERFLOW', 'response headers too long'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'response cut short'],
  ['EWEIRD', 'connection failed'],
])('the code %s of a failed request is reported as: %s', (code, words) => {
  const failure = connectionFailure(Object.assign(new Error('canary'), { code }), subject, undefined);
  expect(failure).toMatchObject(unreachable);
  expect(failure.problem).toBe(`${subject.what}: ${words} (${subject.address}, ${code}).`);
  expect(failure.advice).toBe('If this persists, check the network and SUPEROFFICE_URL.');
});

test('a request that failed without a code is reported without what was thrown', () => {
  const failure = connectionFailure(new Error('canary'), subject, undefined);
  expect(failure.problem).toBe(`${subject.what}: connection failed (${subject.address}, no code).`);
});

test('a certificate that the server refused explains a connection that it closed, and nothing else', () => {
  const refused = 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
  const failureOfCode = (code: string) =>
    connectionFailure(Object.assign(new Error(), { code }), subject, refused);
  expect(failureOfCode('ECONNRESET')).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
  expect(failureOfCode('ECONNRESET').problem).toContain(refused);
  expect(failureOfCode('ECONNREFUSED')).toMatchObject(unreachable);
});

const unreachable = { name: 'Unreachable', remedy: 'retry-batch' };

test('a server that is not there makes its batch retry', async () => {
  const url = await startRawServer(() => {});
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  url.port = String((closed.address() as AddressInfo).port);
  await new Promise((resolve) => closed.close(resolve));
  for (const failure of await bothFailures(url)) {
    expect(failure).toMatchObject(unreachable);
    expect(failure.message).toContain('connection refused (http://127.0.0.1:');
    expect(failure.message).toContain('POINTSHARP_URL');
  }
});

test('a host name that does not exist makes its batch retry, with advice on the address', async () => {
  for (const failure of await bothFailures(new URL('http://caretaker.invalid/api/'))) {
    expect(failure).toMatchObject(unreachable);
    expect(failure.problem).toContain('DNS lookup failed');
    expect(failure.advice).toContain('POINTSHARP_URL');
  }
});

test('a silent server is given up after the time-out', async () => {
  const server = await startServer(() => {});
  for (const failure of await bothFailures(server.url, soon)) {
    expect(failure).toMatchObject(unreachable);
    expect(failure.message).toContain('response timed out');
  }
});

test('an answer that stops half-way is given up after the time-out', async () => {
  const server = await startServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[');
  });
  for (const failure of await bothFailures(server.url, soon)) {
    expect(failure).toMatchObject(unreachable);
    expect(failure.message).toContain('response body timed out');
  }
});

test.each<[string, (socket: Socket) => void]>([
  ['a reset before the answer', (socket) => socket.resetAndDestroy()],
  ['a connection closed without an answer', (socket) => socket.end()],
  [
    'a reset in the middle of the body',
    (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[', () => socket.resetAndDestroy()),
  ],
  ['a body that is cut short', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[')],
  [
    'a chunked body without its end',
    (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n'),
  ],
  ['something that is not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
])('%s makes its batch retry, for reads and for writes', async (_name, misbehave) => {
  for (const failure of await bothFailures(await startRawServer(misbehave))) {
    expect(failure).toMatchObject(unreachable);
    expect(failure.message).toMatch(/Pointsharp ID (GET|DELETE) Device\S* for kari failed/);
  }
});

test('a failure is known by its status even when its body does not come through', async () => {
  const url = await startRawServer((socket) =>
    socket.end('HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\nNo'),
  );
  for (const failure of await bothFailures(url))
    expect(failure).toMatchObject({ status: 401, remedy: 'stop-run' });
});

test.each([
  ['CERT_HAS_EXPIRED', 'has expired', 'Renew it on the server.'],
  ['CERT_NOT_YET_VALID', 'is not valid yet', 'Correct the clock of this machine'],
  [
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
    'our client certificate, because it has expired',
    'Renew the certificate of SUPEROFFICE_CERTIFICATE_FILE.',
  ],
])('a certificate that is refused as %s is to be renewed, not trusted', (code, problem, advice) => {
  const failure = connectionFailure(Object.assign(new Error('x'), { code }), subject, undefined);
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
  expect(failure.problem).toContain(problem);
  expect(failure.advice).toContain(advice);
  expect(failure.message).not.toContain('CA_FILE');
});
