import { expect, onTestFinished, test } from 'vitest';
import { startSimulators } from '../../../simulators/simulators.ts';
import { superofficeReader } from '../../../src/clients/superoffice/client.ts';
import { openSuperoffice } from '../../../src/clients/superoffice/open.ts';
import type { SuperofficeConfig } from '../../../src/config/vendors/vendors.ts';
import { SettingError } from '../../../src/domain/setting-error.ts';
import { always, startServer } from '../local-server.ts';
import { failureOf, session, superofficeAt, superofficeConfig } from '../vendors.ts';

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

test('the token and the session cookie take the place of Authorization with auth=xsrf', async () => {
  const headers = await headersSent({ auth: 'xsrf', token: 'value', cookie: 'session=s; other=o' });
  expect(headers).toMatchObject({ 'x-xsrf-token': 'value', cookie: 'session=s; other=o' });
  expect(headers).not.toHaveProperty('authorization');
  expect(headers).not.toHaveProperty('so-apptoken');
});

test('the session cookie goes only with auth=xsrf', async () => {
  const headers = await headersSent({ auth: 'bearer', token: 'value', cookie: 'session=s' });
  expect(headers).not.toHaveProperty('cookie');
});

test('a simulated SuperOffice that demands X-XSRF-TOKEN lets in who sends its session cookie, and nobody else', async () => {
  const superofficeAuth = { kind: 'xsrf', token: 'value', cookie: 'session=s' } as const;
  const simulators = await startSimulators({ users: 1, superofficeAuth });
  onTestFinished(() => simulators.close());
  const listed = (cookie: string) => {
    const config = { auth: 'xsrf', token: 'value', cookie } as const;
    const connections = superofficeAt(new URL(simulators.superoffice.url), config);
    return superofficeReader(session(connections)).listRegistrations(simulators.people.associateId(0));
  };
  expect(await listed('session=s')).toBeInstanceOf(Array);
  expect((await failureOf(listed('session=t'))).message).toContain('SUPEROFFICE_COOKIE');
});

test.each(['session=canary-cookie; other=o', 'canary-cookie', 'session=canary-cookie'])(
  'a server that repeats the cookie as %s is not quoted with it',
  async (said) => {
    const server = await startServer(always(400, said));
    const connections = superofficeAt(server.url, {
      auth: 'xsrf',
      token: 'value',
      cookie: 'session=canary-cookie; other=o',
    });
    const failure = await failureOf(superofficeReader(session(connections)).listRegistrations(919));
    expect(failure.vendorMessage).toContain('[secret]');
    expect(failure.message).not.toContain('canary');
  },
);

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
  [{ auth: 'xsrf', token: 'value' }, 'SUPEROFFICE_COOKIE is missing'],
  [{ auth: 'xsrf', token: 'value', cookie: 'canary\n' }, 'SUPEROFFICE_COOKIE contains characters'],
  [{ auth: 'soticket', token: 'canary\n' }, 'SUPEROFFICE_TOKEN contains characters'],
  [{ appToken: 'canary\u0000' }, 'SUPEROFFICE_APP_TOKEN contains characters'],
])('the SuperOffice settings %j are an error that names the variable and no value', (changes, message) => {
  const open = () => openSuperoffice(superofficeConfig(url, changes));
  expect(open).toThrow(SettingError);
  expect(open).toThrow(message);
  expect(open).not.toThrow('canary');
});
