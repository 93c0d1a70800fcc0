import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { pointsharpWriter } from '../../src/clients/pointsharp/client.ts';
import { openPointsharp } from '../../src/clients/pointsharp/open.ts';
import { superofficeReader } from '../../src/clients/superoffice/client.ts';
import type { PointsharpConfig } from '../../src/config/vendors/vendors.ts';
import { SettingError } from '../../src/domain/setting-error.ts';
import { isUntrustedCertificate, readTls } from '../../src/security/tls.ts';
import { always, startServer } from '../clients/local-server.ts';
import {
  failureOf,
  fixture,
  pointsharpAt,
  pointsharpConfig,
  session,
  superofficeAt,
} from '../clients/vendors.ts';

const path = (name: string) => fileURLToPath(fixture(name));
const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const serverKeys: ServerOptions = { cert: pem('server.pem'), key: pem('server.key.pem') };
const kari = { username: 'kari' };
const own = {
  auth: 'certificate',
  caFile: path('authority.pem'),
  certificateFile: path('client.pem'),
  keyFile: path('client.key.pem'),
  keyPassphrase: 'canary-passphrase',
} as const;

test('a certificate of an authority in the CA file is trusted, by both vendors’ clients', async () => {
  const server = await startServer(always(200, '[]'), serverKeys);
  const changes = { caFile: path('authority.pem') };
  expect(await pointsharpWriter(session(pointsharpAt(server.url, changes))).listDevices(kari)).toEqual([]);
  expect(await superofficeReader(session(superofficeAt(server.url, changes))).listRegistrations(1)).toEqual(
    [],
  );
});

test('the CA file adds to the authorities that are trusted anyway', async () => {
  const before = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(before));
  setDefaultCACertificates([pem('authority.pem')]);
  const server = await startServer(always(200, '[]'), serverKeys);
  const client = pointsharpWriter(session(pointsharpAt(server.url, { caFile: path('stranger.pem') })));
  expect(await client.listDevices(kari)).toEqual([]);
});

test('a certificate of an unknown authority stops the run and names the setting', async () => {
  const server = await startServer(always(200, '[]'), serverKeys);
  const failure = await failureOf(pointsharpWriter(session(pointsharpAt(server.url))).listDevices(kari));
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
  expect(failure.message).toContain('POINTSHARP_CA_FILE');
  const other = await failureOf(superofficeReader(session(superofficeAt(server.url))).listRegistrations(1));
  expect(other.message).toContain('SUPEROFFICE_CA_FILE');
});

test('a certificate for another host stops the run', async () => {
  const strange = await startServer(always(200, '[]'), {
    cert: pem('stranger.pem'),
    key: pem('client.key.pem'),
    passphrase: 'canary-passphrase',
  });
  const client = pointsharpWriter(session(pointsharpAt(strange.url, { caFile: path('stranger.pem') })));
  const failure = await failureOf(client.listDevices(kari));
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
  expect(failure.message).toContain('host name');
  expect(failure.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a client certificate signs in with auth=certificate', async () => {
  const server = await startServer(
    (_received, response) => {
      const authorized = 'authorized' in response.req.socket && response.req.socket.authorized;
      response.writeHead(authorized === true ? 200 : 403).end('[]');
    },
    { ...serverKeys, ca: pem('authority.pem'), requestCert: true, rejectUnauthorized: false },
  );
  expect(await pointsharpWriter(session(pointsharpAt(server.url, own))).listDevices(kari)).toEqual([]);
  const without = pointsharpWriter(session(pointsharpAt(server.url, { caFile: own.caFile })));
  expect(await failureOf(without.listDevices(kari))).toMatchObject({ status: 403 });
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server that misses our certificate stops the run (%s)',
  async (version) => {
    const picky = {
      ...serverKeys,
      ca: pem('authority.pem'),
      requestCert: true,
      minVersion: version,
      maxVersion: version,
    };
    const { url } = await startServer(always(200, '[]'), picky);
    const failure = await failureOf(
      pointsharpWriter(session(pointsharpAt(url, { caFile: own.caFile }))).listDevices(kari),
    );
    expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
    expect(failure.message).toContain('POINTSHARP_CERTIFICATE_FILE');
  },
);

test('plain HTTP on an https address stops the run', async () => {
  const server = await startServer(always(200, '[]'));
  const url = new URL(server.url.href.replace('http:', 'https:'));
  const failure = await failureOf(pointsharpWriter(session(pointsharpAt(url))).listDevices(kari));
  expect(failure).toMatchObject({ name: 'Misconfigured', remedy: 'stop-run' });
  expect(failure.message).toContain('http://');
});

const nowhere = '/nowhere/certificate.pem';
test.each<[Partial<PointsharpConfig>, readonly string[]]>([
  [{ caFile: nowhere }, ['POINTSHARP_CA_FILE', nowhere, 'no such file or directory (ENOENT)']],
  [{ caFile: path('README.md') }, ['POINTSHARP_CA_FILE', path('README.md'), 'no certificate']],
  [{ ...own, certificateFile: nowhere }, ['POINTSHARP_CERTIFICATE_FILE', nowhere]],
  [{ ...own, keyFile: undefined }, ['POINTSHARP_KEY_FILE']],
  [{ ...own, keyFile: nowhere }, ['POINTSHARP_KEY_FILE', nowhere]],
  [{ ...own, keyFile: path('client.pem') }, ['POINTSHARP_KEY_FILE', path('client.pem')]],
  [{ ...own, keyPassphrase: 'canary-wrong' }, ['POINTSHARP_KEY_PASSPHRASE', path('client.key.pem')]],
  [{ ...own, keyPassphrase: undefined }, ['POINTSHARP_KEY_PASSPHRASE', path('client.key.pem')]],
  [{ ...own, keyFile: path('server.key.pem') }, ['POINTSHARP_KEY_FILE', 'POINTSHARP_CERTIFICATE_FILE']],
])('files of TLS that do not fit are an error that names variable and path (%#)', (changes, parts) => {
  const open = () => openPointsharp(pointsharpConfig(new URL('https://127.0.0.1:1/api/'), changes));
  expect(open).toThrow(SettingError);
  for (const part of parts) expect(open).toThrow(part);
  expect(open).not.toThrow('canary');
});

test('a broken certificate in a CA file, which would hide those behind it, is an error that names it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const caFile = join(folder, 'bundle.pem');
  const broken = pem('authority.pem').split('\n').toSpliced(3, 1).join('\n');
  writeFileSync(caFile, pem('stranger.pem') + broken + pem('authority.pem'));
  for (const prefix of ['POINTSHARP_', 'REDIS_']) {
    expect(() => readTls(prefix, { caFile })).toThrow(SettingError);
    expect(() => readTls(prefix, { caFile })).toThrow(
      `${prefix}CA_FILE: ${caFile} contains 3 certificates, and cannot be read at number 2 (line `,
    );
  }
});

test.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('the code %s says that the certificate of a server is not trusted', (code) => {
  expect(isUntrustedCertificate(code)).toBe(true);
});

test.each(['ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER', 'NOT_UNABLE_TO_', undefined])(
  'the code %s says nothing of the certificate of a server',
  (code) => {
    expect(isUntrustedCertificate(code)).toBe(false);
  },
);

test('without PEM files connections are secured as Node.js does by itself', () => {
  expect(readTls('POINTSHARP_', {})).toEqual({});
});

test('a client certificate needs no CA file, and no passphrase where its key has none', () => {
  const files = { certificateFile: path('server.pem'), keyFile: path('server.key.pem') };
  expect(readTls('POINTSHARP_', files)).toEqual({ secureContext: expect.anything() });
});

test('a client certificate without a key is an error that names the variable of the key', () => {
  expect(() => readTls('POINTSHARP_', { certificateFile: path('client.pem') })).toThrow(
    'POINTSHARP_KEY_FILE is missing',
  );
});
