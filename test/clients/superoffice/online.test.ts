import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { DateTime } from 'luxon';
import { expect, onTestFinished, test } from 'vitest';
import { close, listen } from '../../../simulators/http/listen.ts';
import { Broken, Misconfigured } from '../../../src/clients/errors/vendor-error.ts';
import { openVendorClients } from '../../../src/clients/vendors.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { jobs } from '../../../src/jobs/index.ts';
import { type OnlineFixture, openOnline } from '../../support/online.ts';
import { failureOf } from '../vendors.ts';

const minute = 60_000;
const scheme = 'http://schemes.superoffice.net/identity/';

type Options = Parameters<typeof openOnline>[1];

/** Clients that sign in at a simulated SuperOffice Online, by its clock. */
async function open(auth: 'refresh-token' | 'system-user', options?: Options) {
  const fixture = await openOnline(auth, { users: 8, ...options });
  const { online } = fixture;
  const now = () => DateTime.fromMillis(online.clock.now());
  const environment = { ...fixture.environment, POINTSHARP_URL: 'http://127.0.0.1:9/api/' };
  const config = loadConfig(environment, jobs, now());
  const clients = openVendorClients(config, () => ({ now }));
  onTestFinished(() => clients.destroy());
  const list = () =>
    clients.readers({ requests: 0 }).superoffice().listRegistrations(online.people.associateId(0));
  /** How often each operation was asked for at the host that is signed in at. */
  const asked = (operation: string) => online.login.traffic.facts().byOperation[operation] ?? 0;
  return { ...fixture, clients, config, list, asked };
}

const tokens = 'POST login/common/oauth/tokens';
const systemUser = 'POST Login/api/PartnerSystemUser/Authenticate';

function statuses({ online }: OnlineFixture) {
  return online.hosts.map(({ traffic }) => traffic.facts().byStatus);
}

test.for([
  ['refresh-token', tokens],
  ['system-user', systemUser],
] as const)(
  'with auth=%s many requests at once sign in once, and what was issued is used again',
  async ([auth, operation]) => {
    const fixture = await open(auth);
    const { list, asked, online } = fixture;
    await Promise.all(Array.from({ length: 20 }, list));
    online.clock.advance(30 * minute);
    await Promise.all(Array.from({ length: 20 }, list));
    expect(asked(operation)).toBe(1);
    expect(statuses(fixture)[0]).toEqual({ 200: 40 });
    expect(online.login.traffic.facts().violations.first).toEqual([]);
  },
);

test('an access token is renewed before its end, so that no request meets it', async () => {
  const fixture = await open('refresh-token');
  const { list, asked, online } = fixture;
  await list();
  online.clock.advance(54 * minute);
  await list();
  expect(asked(tokens)).toBe(1);
  online.clock.advance(2 * minute);
  await Promise.all(Array.from({ length: 20 }, list));
  expect(asked(tokens)).toBe(2);
  expect(statuses(fixture)[0]).toEqual({ 200: 22 });
});

test('a host that cannot be signed in at is no trouble while the token still lives', async () => {
  const { list, asked, online } = await open('refresh-token');
  await list();
  online.clock.advance(56 * minute);
  online.login.faults.add({ kind: 'status', status: 503 });
  await list();
  await list();
  // It is not asked again with each request.
  expect(asked(tokens)).toBe(2);
  online.clock.advance(5 * minute);
  expect(await failureOf(list())).toMatchObject({ remedy: 'retry-batch' });
});

test('a ticket that is used lives on, and one that lay idle is replaced before it is refused', async () => {
  const fixture = await open('system-user');
  const { list, asked, online } = fixture;
  for (let hour = 0; hour < 24; hour += 1) {
    await list();
    online.clock.advance(60 * minute);
  }
  expect(asked(systemUser)).toBe(1);
  online.clock.advance(5 * 60 * minute);
  await list();
  expect(asked(systemUser)).toBe(2);
  expect(statuses(fixture)[0]).toEqual({ 200: 25 });
});

test('a 401 in the middle of the life of a token signs in anew, once for all requests in flight', async () => {
  const fixture = await open('refresh-token', { lifetimes: { accessTokenMs: 10 * minute } });
  const { list, asked, online } = fixture;
  await list();
  online.clock.advance(20 * minute);
  await Promise.all(Array.from({ length: 20 }, list));
  expect(asked(tokens)).toBe(2);
  expect(statuses(fixture)[0]?.[200]).toBe(21);
});

test.for([
  ['refresh-token', tokens, 'SUPEROFFICE_REFRESH_TOKEN was revoked', 'caretaker superoffice login'],
  ['system-user', systemUser, 'authorization was revoked', 'approve the app again'],
] as const)(
  'with auth=%s a revoked authorization is told with what to do, and the host is not asked again and again',
  async ([auth, operation, problem, advice]) => {
    const { list, asked, online, environment } = await open(auth);
    await list();
    online.clock.advance(20 * minute);
    online.identity.revoke();
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(list())));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Misconfigured);
      expect(failure).toMatchObject({ remedy: 'stop-run' });
      expect(failure.problem).toContain(problem);
      expect(failure.advice).toContain(advice);
    }
    await failureOf(list());
    expect(asked(operation)).toBe(2);
    const said = JSON.stringify(failures.map(({ message, vendorMessage }) => [message, vendorMessage]));
    for (const secret of [...online.identity.issued, environment.SUPEROFFICE_APP_TOKEN ?? ''])
      expect(said).not.toContain(secret);
  },
);

test('a new refresh token in the file is used without a restart', async () => {
  const { list, online, writeSecrets } = await open('refresh-token');
  await list();
  online.identity.revoke();
  online.clock.advance(20 * minute);
  await failureOf(list());
  online.identity.approve();
  await writeSecrets();
  expect(await list()).toBeInstanceOf(Array);
});

test('an app that SuperOffice does not know is told apart from an authorization that was revoked', async () => {
  const fixture = await openOnline('refresh-token');
  const environment = {
    ...fixture.environment,
    SUPEROFFICE_APP_TOKEN: 'wrong',
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
  };
  const clients = openVendorClients(loadConfig(environment, jobs, DateTime.utc()), () => ({
    now: () => DateTime.fromMillis(fixture.online.clock.now()),
  }));
  onTestFinished(() => clients.destroy());
  const failure = await failureOf(clients.readers({ requests: 0 }).superoffice().listRegistrations(1));
  expect(failure.advice).toContain('SUPEROFFICE_CLIENT_ID, SUPEROFFICE_APP_TOKEN');
});

test.for([
  ['signed by another key', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }],
  ['of another issuer', { claims: { iss: 'https://sod.superoffice.com' } }],
  ['for another database', { claims: { aud: 'spn:1' } }],
  ['for another tenant', { claims: { [`${scheme}ctx`]: 'Cust54321' } }],
  ['that has ended', { claims: { exp: Date.UTC(2026, 7, 31) / 1000 } }],
  ['that has no end', { claims: { exp: undefined } }],
  ['without a ticket', { claims: { [`${scheme}ticket`]: undefined } }],
] as const)('a token of a system user %s is not used', async ([, forgery]) => {
  const fixture = await open('system-user');
  fixture.online.identity.forge(forgery);
  expect(await failureOf(fixture.list())).toMatchObject({ remedy: 'stop-run' });
  expect(statuses(fixture)).toEqual([{}, {}, {}]);
});

test('a tenant that has moved is looked up on 421, once for all requests, and asked where it is now', async () => {
  const fixture = await open('refresh-token');
  const { list, asked, online } = fixture;
  await list();
  online.moveTo(2);
  await Promise.all(Array.from({ length: 20 }, list));
  expect(asked('GET api/state')).toBe(2);
  expect(statuses(fixture)[2]).toEqual({ 200: 20 });
  // Only what was in flight met the old host.
  expect(online.hosts[0]?.strays()).toBeLessThanOrEqual(20);
});

test('an address is taken for granted for 15 minutes, and looked up again after that', async () => {
  const { list, asked, online } = await open('refresh-token');
  await list();
  online.clock.advance(15 * minute - 1);
  await list();
  expect(asked('GET api/state')).toBe(1);
  online.clock.advance(1);
  await list();
  expect(asked('GET api/state')).toBe(2);
});

test('a host that does not serve the tenant, and that the look-up names all the same, is an error and no loop', async () => {
  const { list, asked, online } = await open('refresh-token');
  online.become({ api: online.hosts[1]?.api ?? '' });
  expect(await failureOf(list())).toMatchObject({ status: 421, remedy: 'ask-others' });
  expect(asked('GET api/state')).toBe(2);
});

test('a move and the end of a ticket at the same time are both got over', async () => {
  const { list, online } = await open('system-user', {
    lifetimes: { ticketsSlide: false, ticketMs: 10 * minute },
  });
  await list();
  online.clock.advance(12 * minute);
  online.moveTo(1);
  expect(await list()).toBeInstanceOf(Array);
});

test('an address that is no host of SuperOffice is never sent anything', async () => {
  let requests = 0;
  const strange = createServer((_request, response) => {
    requests += 1;
    response.end('[]');
  });
  const port = await listen(strange, 0);
  onTestFinished(() => close(strange));
  const { list, asked, online } = await open('refresh-token');
  for (const api of [
    `http://localhost:${port}/Cust12345/api`,
    'https://superoffice.com.evil.example/Cust12345/api',
  ]) {
    online.become({ api });
    const failure = await failureOf(list());
    expect(failure).toMatchObject({ remedy: 'stop-run' });
    expect(failure.problem).toContain('no host of SuperOffice');
  }
  expect(requests).toBe(0);
  // Nobody even signs in for it.
  expect(asked(tokens)).toBe(0);
});

test.for([
  ['Running', true, undefined],
  [2, true, undefined],
  ['OnlineMaintenance', true, undefined],
  ['SomethingNew', true, undefined],
  ['OfflineMaintenance', false, 'OfflineMaintenance (6)'],
  [6, false, 'OfflineMaintenance (6)'],
  ['Unknown', false, 'Unknown (0)'],
  ['Provisioning', false, 'Provisioning (1)'],
  ['Running', false, 'but it is not running'],
  ['SomethingNew', false, 'SomethingNew'],
] as const)(
  'a tenant in the state %s (running %s) can be asked, or later: %s',
  async ([state, isRunning, reason]) => {
    const { clients, list, online } = await open('refresh-token');
    online.become({ state, isRunning });
    const unavailable = await clients.availability('superoffice');
    if (reason === undefined) {
      expect(unavailable).toBeUndefined();
      expect(await list()).toBeInstanceOf(Array);
      return;
    }
    expect(unavailable?.reason).toContain(reason);
    expect(unavailable?.until?.toMillis()).toBe(online.clock.now() + 600_000);
    const failure = await failureOf(list());
    expect(failure).toBeInstanceOf(Broken);
    expect(failure).toMatchObject({ remedy: 'retry-batch' });
  },
);

test.for([
  'Deleted',
  'Suspended',
  'ProvisioningFailed',
  'Deleting',
  'DeleteFailed',
  'MigrationPending',
  3,
  12,
])('a tenant in the state %s stops the run, for a person to see to it', async (state) => {
  const { clients, list, online } = await open('refresh-token');
  online.become({ state, isRunning: false });
  expect(await clients.availability('superoffice')).toBeUndefined();
  expect(await failureOf(list())).toMatchObject({ remedy: 'stop-run' });
});

test('a push handle has the same hash wherever the tenant is and whatever signs in', async () => {
  const { list, online } = await open('refresh-token');
  const before = await list();
  online.moveTo(1);
  online.clock.advance(120 * minute);
  expect(await list()).toEqual(before);
});

test('the account is the one that the token names, and the vendor names no end of a refresh token', async () => {
  const { clients } = await open('refresh-token');
  expect(await clients.account('superoffice')).toEqual({
    user: 'admin@example.com',
    tenant: 'Cust12345',
    endsAtMs: undefined,
  });
  expect(await clients.account('pointsharp')).toBeUndefined();
});
