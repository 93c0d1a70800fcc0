import { expect, test } from 'vitest';
import { seededRegistrations } from '../../../simulators/superoffice/registrations.ts';
import { ask, askPocket, basic, start } from '../world.ts';

const fields = [
  'DeviceName',
  'DeviceIdentifier',
  'PocketVersion',
  'Language',
  'PNSHandle',
  'Platform',
  'OSVersion',
  'TimeZoneId',
];

test('the registrations of every associate are answered with the keys of the vendor', async () => {
  const simulators = await start({ users: 50 });
  const { world, traffic } = simulators.superoffice;
  for (let index = 0; index < 50; index += 1) {
    const associateId = simulators.people.associateId(index);
    const reply = await askPocket(simulators, { AssociateId: associateId });
    expect(reply).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    const found = JSON.parse(reply.body);
    expect(found).toEqual(world.registrations(associateId));
    for (const registration of found) expect(Object.keys(registration)).toEqual(fields);
  }
  expect(traffic.facts()).toMatchObject({
    perUser: { min: 1, max: 1, total: 50 },
    violations: { total: 0 },
    writesApplied: {},
  });
});

test('an associate that nobody knows has no registrations', async () => {
  const simulators = await start();
  expect(await askPocket(simulators, { AssociateId: -5 })).toMatchObject({ status: 200, body: '[]' });
});

test.for(['?$select=OSVersion,devicename', '?%24select=OSVersion%2CDeviceName'])(
  'a request with %s nulls every other field',
  async (query) => {
    const simulators = await start();
    const { people, superoffice } = simulators;
    const associateId = people.associateId(
      Array.from(people.all()).find(
        (each) => superoffice.world.registrations(people.associateId(each)).length > 0,
      ) ?? 0,
    );
    const expected = superoffice.world.registrations(associateId).map(({ OSVersion, DeviceName }) => ({
      ...Object.fromEntries(fields.map((name) => [name, null])),
      OSVersion,
      DeviceName,
    }));
    expect(JSON.parse((await askPocket(simulators, { AssociateId: associateId }, query)).body)).toEqual(
      expected,
    );
  },
);

const bad = [
  ['a query parameter nobody knows', { AssociateId: 1001 }, '?$filter=x', {}],
  ['no associate', {}, '', {}],
  ['a string for an associate', { AssociateId: '1001' }, '', {}],
  ['a body field nobody knows', { AssociateId: 1001, Name: 'x' }, '', {}],
  ['the wrong content type', { AssociateId: 1001 }, '', { 'content-type': 'text/plain' }],
] as const;

test.for(bad)(
  'a request with %s is refused in the form of the vendor and counted',
  async ([, body, query, headers]) => {
    const simulators = await start();
    const reply = await askPocket(simulators, body, query, headers);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toMatchObject({
      Error: true,
      ErrorMessage: expect.any(String),
      ErrorSource: expect.any(String),
    });
    expect(simulators.superoffice.traffic.facts().violations.total).toBe(1);
  },
);

test('what is no operation is counted as a violation', async () => {
  const simulators = await start();
  const { url, traffic } = simulators.superoffice;
  const headers = { authorization: basic };
  const known = await ask('GET', `${url}v1/Agents/Pocket/GetRegisteredDevices`, { headers });
  const unknown = await ask('POST', `${url}v1/Agents/Pocket/SendMessage`, { headers, body: {} });
  expect([known.status, unknown.status]).toEqual([405, 404]);
  expect(traffic.facts().violations.total).toBe(2);
});

test('a world has everything that an audit looks for', () => {
  const all = Array.from({ length: 3000 }, (_, index) =>
    seededRegistrations(1, index).map((each) => ({ ...each, index })),
  );
  const registrations = all.flat();
  for (const platform of [
    'Apple',
    'Google',
    'Microsoft',
    'AppleDeveloper',
    'AppleAdHoc',
    'GoogleDeveloper',
    'Huawei',
    3,
    null,
  ]) {
    expect(registrations.some(({ Platform }) => Platform === platform)).toBe(true);
  }
  for (const version of [
    '8.0.37',
    '9.1.6',
    '10.0.1',
    '10.2.7',
    '10.2.10',
    '11.1.13',
    'beta-build',
    '',
    null,
  ]) {
    expect(registrations.some(({ PocketVersion }) => PocketVersion === version)).toBe(true);
  }
  for (const handle of [null, ''])
    expect(registrations.some(({ PNSHandle }) => PNSHandle === handle)).toBe(true);
  for (const key of ['Language', 'OSVersion', 'DeviceName', 'DeviceIdentifier'] as const) {
    expect(registrations.some((each) => each[key] === null)).toBe(true);
  }
  function owners(key: 'DeviceIdentifier' | 'PNSHandle'): number[][] {
    const groups = Map.groupBy(
      registrations.filter((each) => each[key]),
      (each) => each[key],
    );
    return Array.from(groups.values(), (group) => group.map(({ index }) => index)).filter(
      (group) => group.length > 1,
    );
  }
  expect(owners('DeviceIdentifier').filter((group) => new Set(group).size === 2).length).toBeGreaterThan(3);
  const shared = owners('PNSHandle');
  expect(shared.filter((group) => new Set(group).size === 2).length).toBeGreaterThan(3);
  expect(shared.filter((group) => new Set(group).size === 1).length).toBeGreaterThan(3);
  expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(4);
});
