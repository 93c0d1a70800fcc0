import { expect, test } from 'vitest';
import { openOnline } from '../../support/online.ts';

const form = 'application/x-www-form-urlencoded';

function grant(
  environment: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>> = {},
) {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: environment.SUPEROFFICE_CLIENT_ID ?? '',
    client_secret: environment.SUPEROFFICE_APP_TOKEN ?? '',
    ...changes,
  }).toString();
}

test.for([
  ['with its secrets in the address', 400, 1],
  ['that is not a form', 400, 1],
  ['with a field that nobody knows', 400, 1],
  ['with another secret', 401, 0],
  ['with another refresh token', 400, 0],
  ['as documented', 200, 0],
] as const)(
  'a request for a token %s is answered %s, with %s violations',
  async ([what, status, violations]) => {
    const { online, environment } = await openOnline('refresh-token');
    const token = { refresh_token: online.identity.refreshToken };
    const bodies = {
      'with its secrets in the address': grant(environment, token),
      'that is not a form': grant(environment, token),
      'with a field that nobody knows': grant(environment, { ...token, password: 'x' }),
      'with another secret': grant(environment, { ...token, client_secret: 'x' }),
      'with another refresh token': grant(environment, { refresh_token: 'x' }),
      'as documented': grant(environment, token),
    };
    const query = what === 'with its secrets in the address' ? `?${bodies[what]}` : '';
    const response = await fetch(`${online.login.url}login/common/oauth/tokens${query}`, {
      method: 'POST',
      headers: { 'content-type': what === 'that is not a form' ? 'application/json' : form },
      body: bodies[what],
    });
    expect(response.status).toBe(status);
    expect(online.login.traffic.facts().violations.total).toBe(violations);
  },
);

test('a token counts at the host of the tenant alone, for an hour, and no longer once it is revoked', async () => {
  const { online } = await openOnline('refresh-token');
  const { hosts, identity, clock } = online;
  const ask = async (host: number, token: string) => {
    const response = await fetch(`${hosts[host]?.api}/v1/Agents/Pocket/GetRegisteredDevices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ AssociateId: online.people.associateId(0) }),
    });
    return response.status;
  };
  const token = identity.accessToken();
  expect([await ask(0, token), await ask(1, token), await ask(0, 'other')]).toEqual([200, 421, 401]);
  // The fetch of Node.js asks again by itself after a 421.
  expect(hosts.map(({ strays }) => strays() > 0)).toEqual([false, true, false]);
  clock.advance(3_600_000);
  expect(await ask(0, token)).toBe(401);
  const another = identity.accessToken();
  expect(await ask(0, another)).toBe(200);
  identity.revoke();
  expect(await ask(0, another)).toBe(401);
});
