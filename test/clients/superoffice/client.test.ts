import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { superofficeReader } from '../../../src/clients/superoffice/client.ts';
import type { SuperofficeConfig } from '../../../src/config/vendors/vendors.ts';
import { always, startServer } from '../local-server.ts';
import { failureOf, fixture, session, superofficeAt } from '../vendors.ts';

async function read(body: string, changes: Partial<SuperofficeConfig> = {}) {
  const server = await startServer(always(200, body));
  return superofficeReader(session(superofficeAt(server.url, changes))).listRegistrations(919);
}

test('the registrations of the vendor’s own sample are read, their handle replaced by a keyed hash', async () => {
  const sample = readFileSync(fixture('superoffice-registrations.txt'), 'utf8');
  const hash = createHmac('sha256', 'key')
    .update('apns:device-token-abc123xyz789')
    .digest('base64url')
    .slice(0, 16);
  expect(await read(sample, { handleKey: 'key' })).toEqual([
    {
      deviceName: "John's iPhone 14 Pro",
      deviceIdentifier: 'iPhone-JA-14Pro-A2341',
      pocketVersion: '10.2.1',
      language: 'en-US',
      pushHandleHash: hash,
      platform: 'Apple',
      osVersion: 'iOS 17.1',
      timeZoneId: 857,
    },
  ]);
});

test('the request for registrations is as documented by SuperOffice', async () => {
  const server = await startServer(always(200, '[]'));
  await superofficeReader(session(superofficeAt(server.url))).listRegistrations(919);
  expect(server.received).toHaveLength(1);
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    target: '/api/v1/Agents/Pocket/GetRegisteredDevices',
  });
  expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ AssociateId: 919 });
});

test('the query option $select names the wanted properties of a registration', async () => {
  const server = await startServer(always(200, '[{"DeviceName":"phone","PNSHandle":null}]'));
  const client = superofficeReader(session(superofficeAt(server.url)));
  const [registration] = await client.listRegistrations(919, ['DeviceName', 'Platform']);
  expect(server.received[0]?.target).toBe(
    '/api/v1/Agents/Pocket/GetRegisteredDevices?$select=DeviceName%2CPlatform',
  );
  expect(registration).toMatchObject({ deviceName: 'phone', pushHandleHash: null, platform: null });
});

test.each([
  ['"Google"', 'Google'],
  ['"Symbian"', 'Symbian'],
  ['3', '3'],
  ['""', ''],
  ['null', null],
])('the platform %s is read as %j', async (written, platform) => {
  expect(await read(`[{"Platform":${written},"Extra":{}}]`)).toMatchObject([{ platform }]);
});

test.each(['null', '""'])('the push handle %s is none', async (handle) => {
  expect(await read(`[{"PNSHandle":${handle}}]`)).toMatchObject([{ pushHandleHash: null }]);
});

test('the hash of a handle depends on the credentials when no key is set', async () => {
  const server = await startServer(always(200, '[{"PNSHandle":"apns:1"}]'));
  const hashOf = async (changes: Partial<SuperofficeConfig>) => {
    const [registration] = await superofficeReader(
      session(superofficeAt(server.url, changes)),
    ).listRegistrations(1);
    return registration?.pushHandleHash;
  };
  const hash = await hashOf({});
  expect(hash).toMatch(/^[\w-]{16}$/);
  expect(await hashOf({})).toBe(hash);
  expect(await hashOf({ password: 'another' })).not.toBe(hash);
});

test('the hash of a handle outlives a token when there is something more lasting', async () => {
  const server = await startServer(always(200, '[{"PNSHandle":"apns:1"}]'));
  const hashWith = async (token: string) => {
    const changes = { auth: 'soticket', token, appToken: 'app' } as const;
    const [registration] = await superofficeReader(
      session(superofficeAt(server.url, changes)),
    ).listRegistrations(1);
    return registration?.pushHandleHash;
  };
  expect(await hashWith('7T:one')).toBe(await hashWith('7T:two'));
});

test.each([
  ['{"value":[]}', 'the top level: expected array'],
  ['[{"PNSHandle":{"canary":1}}]', '[0].PNSHandle: expected string'],
])('the answer %s fails its user and names the path, not the content', async (body, path) => {
  const failure = await failureOf(read(body));
  expect(failure).toMatchObject({ name: 'Unreadable', remedy: 'fail-user' });
  expect(failure.message).toContain(path);
  expect(failure.message).not.toContain('canary');
});

test('an associate id that is no integer is refused before anything is sent', async () => {
  const server = await startServer(always(200, '[]'));
  const client = superofficeReader(session(superofficeAt(server.url)));
  expect(await failureOf(client.listRegistrations(1.5))).toMatchObject({
    name: 'Refused',
    remedy: 'fail-user',
  });
  expect(server.received).toEqual([]);
});

test('users are asked for in order, without a count, and with true and false, as SuperOffice documents it', async () => {
  const rows = [
    { PrimaryKey: 7, EntityName: 'all', associateDbId: 7, userName: 'åsa', isActive: true },
    { associateDbId: '8', userName: null, isActive: false },
  ];
  const answer = { 'odata.metadata': 'x', 'odata.nextLink': 'https://elsewhere.example/', value: rows };
  const server = await startServer(always(200, JSON.stringify(answer)));
  const client = superofficeReader(session(superofficeAt(server.url)));
  const page = await client.listUsers({ columns: ['userName', 'isActive'], skip: 499, top: 500 });
  expect(server.received.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'GET /api/v1/Archive/AllUsers?$select=associateDbId%2CuserName%2CisActive&$orderBy=associateDbId&$top=500&$skip=499&$output=Logical',
  ]);
  expect(page).toEqual({
    rows: [
      { associateId: 7, values: { userName: 'åsa', isActive: true } },
      { associateId: 8, values: { userName: null, isActive: false } },
    ],
    hasMore: true,
  });
});

test.each([
  ['without rows', {}, '.value'],
  ['with a user without an associate', { value: [{ userName: 'anna' }] }, '.value[0].associateDbId'],
  ['with a cell that is no text', { value: [{ associateDbId: 1, userName: {} }] }, '.value[0].userName'],
])('a page of users %s is not as documented', async (_, answer, path) => {
  const server = await startServer(always(200, JSON.stringify(answer)));
  const client = superofficeReader(session(superofficeAt(server.url)));
  const failure = await failureOf(client.listUsers({ columns: ['userName'], skip: 0, top: 2 }));
  expect(failure).toMatchObject({ name: 'Unreadable', problem: expect.stringContaining(`at ${path}`) });
});
