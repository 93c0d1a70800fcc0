import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../simulators/redis/free-port.ts';
import { SettingError } from '../../../../src/domain/setting-error.ts';
import { shakeHands } from '../../../../src/ops/doctor/vendors/handshake.ts';
import type { PemFiles } from '../../../../src/security/tls.ts';
import { startProxy } from '../../../clients/local-proxy.ts';
import { always, startServer } from '../../../clients/local-server.ts';
import { fixture } from '../../../clients/vendors.ts';

const path = (name: string) => fileURLToPath(fixture(name));
const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const caFile = path('authority.pem');
const own = {
  caFile,
  certificateFile: path('client.pem'),
  keyFile: path('client.key.pem'),
  keyPassphrase: 'canary-passphrase',
};
const way = (files: PemFiles = {}, proxy?: URL) => ({ prefix: 'POINTSHARP_', files, proxy });
const picky = {
  cert: pem('server.pem'),
  key: pem('server.key.pem'),
  ca: pem('authority.pem'),
  requestCert: true,
  rejectUnauthorized: true,
  maxVersion: 'TLSv1.2',
} as const;

test('a server that wants a certificate is shown ours, and shows its own to the doctor', async () => {
  const { url, received } = await startServer(always(200, '[]'), picky);
  const { certificate } = await shakeHands(url, way(own), 5_000);
  expect(certificate?.untrusted).toBeUndefined();
  expect(new Date(certificate?.validToMs ?? 0).getUTCFullYear()).toBe(2127);
  await expect(shakeHands(url, way({ caFile }), 5_000)).rejects.toThrow();
  expect(received).toEqual([]);
});

test('a plain server shows no certificate', async () => {
  const { url } = await startServer(always(200, '[]'));
  expect(await shakeHands(url, way(), 5_000)).not.toHaveProperty('certificate');
});

test('a server that takes the connection and says nothing times out, and is left alone', async () => {
  const gone = Promise.withResolvers<void>();
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .on('close', gone.resolve)
      .resume(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = new URL(`https://127.0.0.1:${port}/`);
  await expect(shakeHands(url, way(), 50)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await gone.promise;
});

test('a port without a server refuses the connection', async () => {
  const url = new URL(`https://127.0.0.1:${await freePort()}/`);
  await expect(shakeHands(url, way(), 5_000)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a PEM file that cannot be read is a wrong setting, and no failed connection', async () => {
  const { url } = await startServer(always(200, '[]'), picky);
  const files = { caFile: '/nowhere.pem' };
  await expect(shakeHands(url, way(files), 5_000)).rejects.toBeInstanceOf(SettingError);
});

test('a server behind a proxy shows its certificate through it, and the proxy is what was connected to', async () => {
  const { url, received } = await startServer(always(200, '[]'), picky);
  const proxy = await startProxy({ credentials: 'svc:word', port: Number(url.port) });
  const { address, certificate } = await shakeHands(url, way(own, proxy.url), 5_000);
  expect(address).toBe(`the proxy ${proxy.url.host}`);
  expect(certificate?.untrusted).toBeUndefined();
  const elsewhere = await shakeHands(new URL('https://id.invalid/'), way(own, proxy.url), 5_000);
  expect(elsewhere.certificate?.untrusted).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(proxy.asked).toEqual([`CONNECT ${url.host}`, 'CONNECT id.invalid:443']);
  expect(received).toEqual([]);
});

test('a plain server behind a proxy is left to the proxy', async () => {
  const proxy = await startProxy();
  const { address } = await shakeHands(new URL('http://id.invalid/'), way({}, proxy.url), 5_000);
  expect(address).toBe(`the proxy ${proxy.url.host}`);
  expect(proxy.asked).toEqual([]);
});

test('a proxy that opens no way to the server fails the handshake, without its credentials', async () => {
  const proxy = await startProxy({ status: 403, credentials: 'svc:canary-word' });
  const shaken = shakeHands(new URL('https://id.invalid/'), way({}, proxy.url), 5_000);
  await expect(shaken).rejects.toMatchObject({ said: `the proxy ${proxy.url.host} answered 403` });
});
