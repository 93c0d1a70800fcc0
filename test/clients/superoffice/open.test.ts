import { expect, test } from 'vitest';
import { superofficeReader } from '../../../src/clients/superoffice/client.ts';
import { openSuperoffice } from '../../../src/clients/superoffice/open.ts';
import type { SuperofficeConfig } from '../../../src/config/vendors.ts';
import { SettingError } from '../../../src/domain/setting-error.ts';
import { always, startServer } from '../local-server.ts';
import { session, superofficeAt, superofficeConfig } from '../vendors.ts';

async function headersSent(changes: Partial<SuperofficeConfig>) {
  const server = await startServer(always(200, '[]'));
  await superofficeReader(session(superofficeAt(server.url, changes))).listRegistrations(919);
  return server.received[0]?.headers ?? {};
}

test('the sample request of the documentation is signed in as written there', async () => {
  const headers = await headersSent({ auth: 'basic', username: 'tje0', password: 'Tje0' });
  expect(headers).toMatchObject({
    authorization: 'Basic dGplMDpUamUw',
    accept: 'application/json; charset=utf-8',
    'accept-language': 'en',
    'content-type': 'application/json; charset=utf-8',
  });
});

test.each([
  ['soticket', 'SOTicket 7T:abc'],
  ['bearer', 'Bearer 7T:abc'],
] as const)('the token signs in with auth=%s', async (auth, authorization) => {
  const headers = await headersSent({ auth, token: '7T:abc', appToken: 'app' });
  expect(headers).toMatchObject({ authorization, 'so-apptoken': 'app' });
  expect(headers).not.toHaveProperty('x-xsrf-token');
});

test('the token takes the place of Authorization with auth=xsrf', async () => {
  const headers = await headersSent({ auth: 'xsrf', token: 'value' });
  expect(headers['x-xsrf-token']).toBe('value');
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('so-apptoken');
});

test('language, culture and time zone go with the request when they are set', async () => {
  const headers = await headersSent({
    acceptLanguage: 'sv',
    language: 'nb',
    culture: 'nb-NO',
    timeZone: 'W. Europe',
  });
  expect(headers).toMatchObject({
    'accept-language': 'sv',
    'so-language': 'nb',
    'so-culture': 'nb-NO',
    'so-timezone': 'W. Europe',
  });
});

const url = new URL('http://127.0.0.1:1/api/');
test.each<[Partial<SuperofficeConfig>, string]>([
  [{ username: undefined }, 'SUPEROFFICE_USERNAME is missing'],
  [{ password: undefined }, 'SUPEROFFICE_PASSWORD is missing'],
  [{ auth: 'bearer' }, 'SUPEROFFICE_TOKEN is missing'],
  [{ auth: 'soticket', token: 'canary\n' }, 'SUPEROFFICE_TOKEN contains characters'],
  [{ appToken: 'canary\u0000' }, 'SUPEROFFICE_APP_TOKEN contains characters'],
])('the SuperOffice settings %j are an error that names the variable and no value', (changes, message) => {
  const open = () => openSuperoffice(superofficeConfig(url, changes));
  expect(open).toThrow(SettingError);
  expect(open).toThrow(message);
  expect(open).not.toThrow('canary');
});
