import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shakeHands } from '../../../src/ops/doctor/handshake.ts';
import { always, startServer } from '../../clients/local-server.ts';
import { fixture } from '../../clients/vendors.ts';

const path = (name: string) => fileURLToPath(fixture(name));
const pem = (name: string) => readFileSync(fixture(name), 'utf8');
const caFile = path('authority.pem');
const own = {
  caFile,
  certificateFile: path('client.pem'),
  keyFile: path('client.key.pem'),
  keyPassphrase: 'canary-passphrase',
};
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
  const { certificate } = await shakeHands(url, 'POINTSHARP_', own, 5_000);
  expect(certificate?.untrusted).toBeUndefined();
  expect(new Date(certificate?.validToMs ?? 0).getUTCFullYear()).toBe(2127);
  await expect(shakeHands(url, 'POINTSHARP_', { caFile }, 5_000)).rejects.toThrow();
  expect(received).toEqual([]);
});

test('a plain server shows no certificate', async () => {
  const { url } = await startServer(always(200, '[]'));
  expect(await shakeHands(url, 'POINTSHARP_', {}, 5_000)).not.toHaveProperty('certificate');
});
