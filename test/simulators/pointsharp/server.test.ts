import { expect, test } from 'vitest';
import { countWindows } from '../../../simulators/control/facts.ts';
import { deviceToJson, isTimed } from '../../../simulators/pointsharp/devices.ts';
import type { Simulators } from '../../../simulators/simulators.ts';
import { ask, dayMs, start, startMs, userWho, who, whoIn } from '../world.ts';

const none = { total: 0, first: [] };

function withDevices(simulators: Simulators): number {
  return userWho(
    simulators,
    (index) => simulators.pointsharp.world.devices(index).length > 1 && !simulators.people.hasTwin(index),
  );
}

test('all eight operations of Pointsharp do what they are named for', async () => {
  const simulators = await start();
  const { url, world, traffic } = simulators.pointsharp;
  const index = userWho(
    simulators,
    (each) => world.devices(each).some(isTimed) && world.devices(each).length > 1,
  );
  const device = world.devices(index).find(isTimed);
  const id = encodeURIComponent(device?.id ?? '');
  const inBody = { ...whoIn(simulators, index), DeviceId: device?.id };

  expect(await ask('DELETE', `${url}Device/Windows?${who(simulators, index)}`)).toMatchObject({
    status: 200,
    body: '',
  });
  expect(world.windows(index)).toEqual([]);
  const window = { ...whoIn(simulators, index), Timeout: 5, UserAgentPattern: 'Åpple*' };
  expect(await ask('POST', `${url}Device/Window`, { body: window })).toMatchObject({ status: 200 });
  expect(world.windows(index)).toMatchObject([
    { state: 'waiting', userAgentPattern: 'Åpple*', closesAtMs: startMs + 300_000 },
  ]);
  await ask('DELETE', `${url}Device/Windows/Expired?${who(simulators, index)}`);
  expect(world.windows(index)).toHaveLength(1);
  await ask('DELETE', `${url}Device/Windows/Waiting?${who(simulators, index)}`);
  expect(world.windows(index)).toEqual([]);

  expect(await ask('PUT', `${url}Device/State`, { body: { ...inBody, State: 42 } })).toMatchObject({
    status: 200,
  });
  expect(await ask('PUT', `${url}Device/UpdateTime`, { body: inBody })).toMatchObject({ status: 200 });
  const read = await ask('GET', `${url}Device?Id=${id}&${who(simulators, index)}`);
  const [found, ...others] = JSON.parse(read.body);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ DeviceId: device?.id, State: 42, TimeoutNotificationSent: false });
  expect(Date.parse(found.Timeout)).toBe(startMs + Number(device?.timeoutConf) * dayMs);

  const before = world.devices(index).length;
  await ask('DELETE', `${url}Device?Id=${id}&${who(simulators, index)}`);
  expect(world.devices(index)).toHaveLength(before - 1);
  expect(traffic.facts()).toMatchObject({
    violations: none,
    devicesRemovedAll: 0,
    requests: 8,
    byStatus: { 200: 8 },
  });
  expect(traffic.facts().writesApplied).toEqual({
    'DELETE Device/Windows': 1,
    'POST Device/Window': 1,
    'DELETE Device/Windows/Expired': 1,
    'DELETE Device/Windows/Waiting': 1,
    'PUT Device/State': 1,
    'PUT Device/UpdateTime': 1,
    'DELETE Device': 1,
  });
});

test('every user can be purged and read under his own name, and nobody beside him is touched', async () => {
  const simulators = await start({ users: 100 });
  const { url, world, traffic } = simulators.pointsharp;
  const before = countWindows(world);
  for (let index = 0; index < 100; index += 1) {
    await ask('DELETE', `${url}Device/Windows/Expired?${who(simulators, index)}`);
    await ask('DELETE', `${url}Device/Windows/Waiting?${who(simulators, index)}`);
    const read = await ask('GET', `${url}Device?${who(simulators, index)}`);
    expect(JSON.parse(read.body)).toEqual(
      JSON.parse(JSON.stringify(world.devices(index).map((device) => deviceToJson(device, startMs)))),
    );
  }
  const after = countWindows(world);
  expect(after.roster).toEqual({ ...before.roster, waiting: 0, expired: 0 });
  expect(after.total.expired).toBe(before.total.expired - before.roster.expired);
  expect(traffic.facts()).toMatchObject({ perUser: { min: 3, max: 3, total: 300 }, violations: none });
});

test('a device is answered with exactly the keys of the vendor and an unknown id with an empty array', async () => {
  const simulators = await start();
  const { url } = simulators.pointsharp;
  const index = withDevices(simulators);
  const [device] = JSON.parse((await ask('GET', `${url}Device?${who(simulators, index)}`)).body);
  const keys = [
    '$type',
    'Details',
    'FriendlyName',
    'State',
    'DeviceId',
    'DeviceType',
    'UserAgent',
    'CreateTime',
    'LastOkTime',
    'LastErrorTime',
    'TimeoutConf',
    'TimeoutConfAheadNotification',
    'Timeout',
    'TimeoutNotificationSent',
    'EASSyncKeyPrefix',
  ];
  expect(keys).toEqual(expect.arrayContaining(Object.keys(device)));
  expect(Object.keys(device.Details)).toEqual(['$type', 'Title', 'Platform', 'ServiceName']);
  expect(await ask('GET', `${url}Device?Id=none&${who(simulators, index)}`)).toMatchObject({
    status: 200,
    body: '[]',
  });
});

test.for(['', 'Id=&'])(
  'DELETE Device with "%s" for an id removes all devices of the user, and is counted',
  async (id) => {
    const simulators = await start();
    const { url, world, traffic } = simulators.pointsharp;
    const index = withDevices(simulators);
    await ask('DELETE', `${url}Device?${id}${who(simulators, index)}`);
    expect(world.devices(index)).toEqual([]);
    expect(traffic.facts().devicesRemovedAll).toBe(1);
  },
);

test('the case of a path of Pointsharp does not matter', async () => {
  const simulators = await start();
  const reply = await ask(
    'DELETE',
    `${simulators.pointsharp.url}device/windows/EXPIRED?${who(simulators, 0)}`,
  );
  expect(reply.status).toBe(200);
});

test('ordinary mistakes are refused in words and are no violations', async () => {
  const simulators = await start();
  const { url, traffic, world } = simulators.pointsharp;
  const twin = userWho(simulators, (index) => simulators.people.hasTwin(index));
  const untimed = userWho(simulators, (index) => world.devices(index).some((device) => !isTimed(device)));
  const device = world.devices(untimed).find((each) => !isTimed(each));
  const replies = [
    await ask('GET', `${url}Device?Username=nobody`),
    await ask('GET', `${url}Device?Username=${encodeURIComponent(simulators.people.username(twin))}`),
    await ask('GET', `${url}Device?${who(simulators, 0).replace(/=[^=]*$/, '=Elsewhere')}`),
    await ask('PUT', `${url}Device/State`, { body: { ...whoIn(simulators, 0), DeviceId: 'none', State: 1 } }),
    await ask('PUT', `${url}Device/UpdateTime`, {
      body: { ...whoIn(simulators, untimed), DeviceId: device?.id },
    }),
    await ask('DELETE', `${url}Device?Id=none&${who(simulators, 0)}`),
    await ask('POST', `${url}Device/Window`, {
      body: { ...whoIn(simulators, 0), Timeout: 0, UserAgentPattern: '*' },
    }),
  ];
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 400));
  expect(replies.map(({ body }) => body)).toEqual([
    expect.stringContaining('not found in any user storage'),
    expect.stringContaining('several user storages'),
    expect.stringContaining("'Elsewhere'"),
    expect.stringContaining("device 'none'"),
    expect.stringContaining('not a timed device'),
    expect.stringContaining("device 'none'"),
    expect.stringContaining('at least one minute'),
  ]);
  expect(traffic.facts()).toMatchObject({ violations: none, writesApplied: {} });
});

test('an empty storage name counts as one that was not sent', async () => {
  const simulators = await start();
  const index = withDevices(simulators);
  const username = encodeURIComponent(simulators.people.username(index));
  const reply = await ask('GET', `${simulators.pointsharp.url}Device?Username=${username}&UserStorageName=`);
  expect(reply.status).toBe(200);
});

const badQueries = [
  ['an unknown parameter', 'Username=x&Color=red'],
  ['a parameter in the wrong case', 'username=x'],
  ['no user name', 'UserStorageName=AD'],
  ['an empty user name', 'Username='],
  ['a parameter twice', 'Username=x&Username=y'],
  ['a parameter without a value', 'Username'],
  ['an escape that is none', 'Username=%zz'],
  ['an escape that is no UTF-8', 'Username=%E5sa'],
  ['a raw character that needs encoding', 'Username="x"'],
] as const;

test.for(badQueries)('a query with %s is refused and counted as a violation', async ([, query]) => {
  const simulators = await start();
  const { url, traffic } = simulators.pointsharp;
  expect(await ask('GET', `${url}Device?${query}`)).toMatchObject({ status: 400 });
  expect(traffic.facts().violations).toMatchObject({
    total: 1,
    first: [expect.stringMatching(/^GET Device: /)],
  });
});

test('what was percent-encoded twice is recognized in user names, storages and device ids', async () => {
  const simulators = await start({ users: 2000 });
  const { url, traffic, world } = simulators.pointsharp;
  const { people } = simulators;
  function twice(value: string): string {
    return encodeURIComponent(encodeURIComponent(value));
  }
  const awkward = userWho(simulators, (index) => people.username(index).includes('&'));
  const partner = userWho(simulators, (index) => people.storage(index).includes('&'));
  const owner = userWho(simulators, (index) => world.devices(index).some(({ id }) => id.includes('#')));
  const id = world.devices(owner).find((device) => device.id.includes('#'))?.id ?? '';
  await ask('GET', `${url}Device?Username=${twice(people.username(awkward))}`);
  await ask(
    'GET',
    `${url}Device?Username=${encodeURIComponent(people.username(partner))}&UserStorageName=${twice(people.storage(partner))}`,
  );
  await ask('GET', `${url}Device?Id=${twice(id)}&${who(simulators, owner)}`);
  expect(traffic.facts()).toMatchObject({ violations: { total: 3 }, byStatus: { 400: 3 } });
});

test('a name that looks encoded is nothing but a name', async () => {
  const simulators = await start({ users: 2000 });
  const index = userWho(simulators, (each) => simulators.people.username(each).includes('%2B'));
  const reply = await ask('GET', `${simulators.pointsharp.url}Device?${who(simulators, index)}`);
  expect(reply.status).toBe(200);
});

const state = { DeviceId: 'x', State: 1, Username: 'nobody' };
const badBodies = [
  ['of the wrong type', JSON.stringify(state), 'text/plain'],
  ['of no type', JSON.stringify(state), undefined],
  ['that is no JSON', '{"State":', 'application/json'],
  ['that is no object', '[]', 'application/json'],
  ['without a required field', JSON.stringify({ ...state, State: undefined }), 'application/json'],
  ['with null in a required field', JSON.stringify({ ...state, DeviceId: null }), 'application/json'],
  ['with an empty device id', JSON.stringify({ ...state, DeviceId: '' }), 'application/json'],
  ['with a string for a number', JSON.stringify({ ...state, State: '1' }), 'application/json'],
  ['with a number beyond Int32', JSON.stringify({ ...state, State: 2 ** 31 }), 'application/json'],
  ['with a field nobody knows', JSON.stringify({ ...state, $type: 'x' }), 'text/json; charset=utf-8'],
] as const;

test.for(badBodies)('a body %s is refused and counted as a violation', async ([, body, type]) => {
  const simulators = await start();
  const { url, traffic } = simulators.pointsharp;
  const headers = type === undefined ? {} : { 'content-type': type };
  expect(await ask('PUT', `${url}Device/State`, { body, headers })).toMatchObject({ status: 400 });
  expect(traffic.facts().violations.total).toBe(1);
});

test('a storage of null in a body counts as one that was not sent', async () => {
  const simulators = await start();
  const body = { ...state, UserStorageName: null };
  const reply = await ask('PUT', `${simulators.pointsharp.url}Device/State`, { body });
  expect(reply.body).toContain('not found in any user storage');
  expect(simulators.pointsharp.traffic.facts().violations.total).toBe(0);
});

test('what is no operation is answered with a page and counted as a violation', async () => {
  const simulators = await start();
  const { url, traffic } = simulators.pointsharp;
  expect(await ask('GET', `${url}Devices?Username=x`)).toMatchObject({
    status: 404,
    body: expect.stringContaining('<html'),
  });
  expect(await ask('PATCH', `${url}Device`)).toMatchObject({ status: 405 });
  expect(traffic.facts()).toMatchObject({ violations: { total: 2 }, byOperation: { unknown: 2 } });
});
