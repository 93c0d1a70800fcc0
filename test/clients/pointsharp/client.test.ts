import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import {
  type PointsharpReader,
  type PointsharpWriter,
  pointsharpReader,
  pointsharpWriter,
} from '../../../src/clients/pointsharp/client.ts';
import { always, startServer } from '../local-server.ts';
import { anyText } from '../texts.ts';
import { failureOf, fixture, pointsharpAt, session } from '../vendors.ts';

const kari = { username: "kari o'neil+x@ex.com", userStorageName: 'AD & LDAP' };
const query = 'Username=kari%20o%27neil%2Bx%40ex.com&UserStorageName=AD%20%26%20LDAP';

const writes: readonly [
  string,
  (client: PointsharpWriter) => Promise<void>,
  string,
  string,
  object | undefined,
][] = [
  [
    'openWindow',
    (client) => client.openWindow(kari, { timeoutMinutes: 15, userAgentPattern: 'iOS*' }),
    'POST',
    '/api/Device/Window',
    { UserAgentPattern: 'iOS*', Timeout: 15, Username: kari.username, UserStorageName: kari.userStorageName },
  ],
  [
    'removeWindows',
    (client) => client.removeWindows(kari),
    'DELETE',
    `/api/Device/Windows?${query}`,
    undefined,
  ],
  [
    'removeExpiredWindows',
    (client) => client.removeExpiredWindows(kari),
    'DELETE',
    `/api/Device/Windows/Expired?${query}`,
    undefined,
  ],
  [
    'removeWaitingWindows',
    (client) => client.removeWaitingWindows(kari),
    'DELETE',
    `/api/Device/Windows/Waiting?${query}`,
    undefined,
  ],
  [
    'setDeviceState',
    (client) => client.setDeviceState(kari, 'Appl/DX#1', 0),
    'PUT',
    '/api/Device/State',
    { DeviceId: 'Appl/DX#1', State: 0, Username: kari.username, UserStorageName: kari.userStorageName },
  ],
  [
    'updateDeviceTime',
    (client) => client.updateDeviceTime(kari, 'Appl/DX#1'),
    'PUT',
    '/api/Device/UpdateTime',
    { DeviceId: 'Appl/DX#1', Username: kari.username, UserStorageName: kari.userStorageName },
  ],
  [
    'removeDevice',
    (client) => client.removeDevice(kari, 'Appl/DX#1'),
    'DELETE',
    `/api/Device?Id=Appl%2FDX%231&${query}`,
    undefined,
  ],
  [
    'removeAllDevices',
    (client) => client.removeAllDevices(kari),
    'DELETE',
    `/api/Device?${query}`,
    undefined,
  ],
];

test.each(writes)('the call %s sends what is documented', async (_name, write, method, target, body) => {
  const server = await startServer(always(200));
  await write(pointsharpWriter(session(pointsharpAt(server.url))));
  const [request] = server.received;
  expect(server.received).toHaveLength(1);
  expect(request).toMatchObject({ method, target: target.replaceAll('%27', "'") });
  expect(request?.body === '' ? undefined : JSON.parse(request?.body ?? '')).toEqual(body);
  expect(request?.headers['content-type']).toBe(body && 'application/json; charset=utf-8');
  expect(request?.headers.accept).toBe('application/json');
});

test('the storage is left out of a request when the user has none', async () => {
  const server = await startServer(always(200, 'null'));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  await client.listDevices({ username: 'kari' });
  await client.updateDeviceTime({ username: 'kari', userStorageName: '' }, 'd1');
  expect(server.received[0]?.target).toBe('/api/Device?Username=kari');
  expect(JSON.parse(server.received[1]?.body ?? '')).toEqual({ DeviceId: 'd1', Username: 'kari' });
});

test('the devices of the vendor’s own sample are read', async () => {
  const server = await startServer(always(200, readFileSync(fixture('pointsharp-devices.txt'), 'utf8')));
  const devices = await pointsharpReader(session(pointsharpAt(server.url))).listDevices(
    kari,
    'sample string 3',
  );
  expect(server.received[0]?.target).toBe(
    `/api/Device?Id=sample%20string%203&${query}`.replaceAll('%27', "'"),
  );
  expect(devices).toHaveLength(1);
  expect(devices[0]).toMatchObject({
    id: 'sample string 3',
    state: 2,
    timeoutConf: 9,
    timeoutNotificationSent: true,
  });
});

test.each(['', ' ', '\t\n'])('the device id %j is refused before anything is sent', async (id) => {
  const server = await startServer(always(200, 'null'));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  for (const call of [
    client.removeDevice(kari, id),
    client.listDevices(kari, id),
    client.setDeviceState(kari, id, 1),
    client.updateDeviceTime(kari, id),
    client.removeAllDevices({ username: id }),
  ])
    expect(await failureOf(call)).toMatchObject({ name: 'Refused', remedy: 'fail-user' });
  expect(server.received).toEqual([]);
});

test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
  'the device state %d is refused before anything is sent',
  async (state) => {
    const server = await startServer(always(200));
    const client = pointsharpWriter(session(pointsharpAt(server.url)));
    expect(await failureOf(client.setDeviceState(kari, 'd1', state))).toMatchObject({ remedy: 'fail-user' });
    const window = { timeoutMinutes: state, userAgentPattern: 'iOS*' };
    expect(await failureOf(client.openWindow(kari, window))).toMatchObject({ remedy: 'fail-user' });
    expect(server.received).toEqual([]);
  },
);

test('a name with half a character fails its user, not the process', async () => {
  const server = await startServer(always(200));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  const failure = await failureOf(client.removeWindows({ username: 'kari\ud800' }));
  expect(failure).toMatchObject({ name: 'Refused', remedy: 'fail-user' });
});

test('any name, storage and device id arrive as they are', async () => {
  const server = await startServer(always(200, 'null'));
  const client = pointsharpWriter(session(pointsharpAt(server.url)));
  const text = anyText(1).filter((value) => value.trim() !== '');
  await fc.assert(
    fc.asyncProperty(text, text, text, async (username, userStorageName, id) => {
      server.received.length = 0;
      await client.removeDevice({ username, userStorageName }, id);
      await client.updateDeviceTime({ username, userStorageName }, id);
      const [removal, update] = server.received;
      const parts = (removal?.target.split('?')[1] ?? '').split('&').map((part) => part.split('='));
      const decoded = Object.fromEntries(
        parts.map(([key = '', value = '']) => [key, decodeURIComponent(value)]),
      );
      expect(decoded).toEqual({ Id: id, Username: username, UserStorageName: userStorageName });
      expect(JSON.parse(update?.body ?? '')).toEqual({
        DeviceId: id,
        Username: username,
        UserStorageName: userStorageName,
      });
    }),
    { numRuns: 60 },
  );
});

test('the base address may have a path of its own and may end without a slash', async () => {
  const server = await startServer(always(200));
  const url = new URL(`${server.url.origin}/site/pointsharp%20id/api`);
  await pointsharpWriter(session(pointsharpAt(url))).removeWindows({ username: 'kari' });
  expect(server.received[0]?.target).toBe('/site/pointsharp%20id/api/Device/Windows?Username=kari');
});

test('a reader of Pointsharp has no way to write', async () => {
  const server = await startServer(always(200, 'null'));
  const reader = pointsharpReader(session(pointsharpAt(server.url)));
  expect(Object.keys(reader)).toEqual(['listDevices']);
  expectTypeOf<keyof PointsharpReader>().toEqualTypeOf<'listDevices'>();
});

test.each([
  ['{"Devices":[]}', 'the top level: expected array'],
  ['[{"FriendlyName":"canary"}]', '[0].DeviceId: expected string'],
  ['[{"DeviceId":" "}]', '[0].DeviceId'],
  ['[{"DeviceId":"d1"},{"DeviceId":"d2","State":"canary"}]', '[1].State: expected number'],
])('the answer %s fails its user and names the path, not the content', async (body, path) => {
  const server = await startServer(always(200, body));
  const failure = await failureOf(pointsharpReader(session(pointsharpAt(server.url))).listDevices(kari));
  expect(failure).toMatchObject({
    name: 'Unreadable',
    remedy: 'fail-user',
    status: 200,
    operation: 'GET Device',
  });
  expect(failure.message).toContain(path);
  expect(failure.message).not.toContain('canary');
});
