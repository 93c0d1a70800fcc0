import { expect, test } from 'vitest';
import { pointsharpWriter } from '../../../src/clients/pointsharp/client.ts';
import { openPointsharp } from '../../../src/clients/pointsharp/open.ts';
import type { PointsharpConfig } from '../../../src/config/vendors/vendors.ts';
import { SettingError } from '../../../src/domain/setting-error.ts';
import { always, startServer } from '../local-server.ts';
import { pointsharpAt, pointsharpConfig, session } from '../vendors.ts';

async function headersSent(changes: Partial<PointsharpConfig>) {
  const server = await startServer(always(200));
  await pointsharpWriter(session(pointsharpAt(server.url, changes))).removeWindows({ username: 'kari' });
  return server.received[0]?.headers ?? {};
}

test('nothing signs in to Pointsharp with auth=none', async () => {
  const headers = await headersSent({
    auth: 'none',
    username: 'ops',
    password: 'pass',
    headerName: 'X-Key',
    headerValue: 'v',
  });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('x-key');
});

test('user and password sign in with auth=basic, in UTF-8', async () => {
  const headers = await headersSent({ auth: 'basic', username: 'åsa', password: 'p:ö' });
  expect(headers.authorization).toBe(`Basic ${Buffer.from('åsa:p:ö').toString('base64')}`);
});

test('a header of its own signs in with auth=header', async () => {
  const headers = await headersSent({ auth: 'header', headerName: 'X-Api-Key', headerValue: 'canary' });
  expect(headers['x-api-key']).toBe('canary');
});

const url = new URL('http://127.0.0.1:1/api/');
test.each<[Partial<PointsharpConfig>, string]>([
  [{ auth: 'basic', password: 'canary' }, 'POINTSHARP_USERNAME is missing'],
  [{ auth: 'basic', username: 'ops' }, 'POINTSHARP_PASSWORD is missing'],
  [{ auth: 'header', headerValue: 'canary' }, 'POINTSHARP_HEADER_NAME is missing'],
  [{ auth: 'header', headerName: 'X-Key' }, 'POINTSHARP_HEADER_VALUE is missing'],
  [
    { auth: 'header', headerName: 'X Key', headerValue: 'canary' },
    'POINTSHARP_HEADER_NAME is not a valid header name',
  ],
  [
    { auth: 'header', headerName: 'Host', headerValue: 'canary' },
    'POINTSHARP_HEADER_NAME names a header that',
  ],
  [
    { auth: 'header', headerName: 'X-Key', headerValue: 'canary\r\nX: 1' },
    'POINTSHARP_HEADER_VALUE contains characters',
  ],
  [{ auth: 'certificate' }, 'POINTSHARP_CERTIFICATE_FILE is missing'],
])('the Pointsharp settings %j are an error that names the variable and no value', (changes, message) => {
  const open = () => openPointsharp(pointsharpConfig(url, changes));
  expect(open).toThrow(SettingError);
  expect(open).toThrow(message);
  expect(open).not.toThrow('canary');
});

test.each([
  'Host',
  'connection',
  'Keep-Alive',
  'content-length',
  'Content-Type',
  'Transfer-Encoding',
  'UPGRADE',
  'Expect',
])("the header %s is the connection's own and cannot be configured to sign in", (headerName) => {
  const open = () =>
    openPointsharp(pointsharpConfig(url, { auth: 'header', headerName, headerValue: 'canary' }));
  expect(open).toThrow(SettingError);
  expect(open).toThrow(`(${headerName.toLowerCase()})`);
});
