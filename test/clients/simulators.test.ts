import { expect, onTestFinished, test } from 'vitest';
import { windowState } from '../../simulators/pointsharp/windows.ts';
import { startSimulators } from '../../simulators/simulators.ts';
import { pointsharpWriter } from '../../src/clients/pointsharp/client.ts';
import { superofficeReader } from '../../src/clients/superoffice/client.ts';
import { failureOf, pointsharpAt, session, superofficeAt } from './vendors.ts';

const users = 60;

async function start() {
  const simulators = await startSimulators({ users, frozen: true });
  onTestFinished(() => simulators.close());
  return simulators;
}

test('every Pointsharp operation is understood by a strict server, whatever the users and devices are called', async () => {
  const { pointsharp, people, clock } = await start();
  const client = pointsharpWriter(session(pointsharpAt(new URL(pointsharp.url))));
  const { world } = pointsharp;
  for (let index = 0; index < users; index++) {
    const user = { username: people.username(index), userStorageName: people.storage(index) };
    await client.openWindow(user, { timeoutMinutes: 30, userAgentPattern: 'Åpple & co*' });
    await client.removeExpiredWindows(user);
    await client.removeWaitingWindows(user);
    expect(world.windows(index).map((window) => windowState(window, clock.now()))).not.toContain('waiting');
    await client.removeWindows(user);
    expect(world.windows(index)).toEqual([]);

    const devices = await client.listDevices(user);
    expect(devices.map((device) => device.id)).toEqual(world.devices(index).map((device) => device.id));
    for (const device of devices) {
      expect(await client.listDevices(user, device.id)).toEqual([device]);
      await client.setDeviceState(user, device.id, 7);
      if (device.timeoutConf) await client.updateDeviceTime(user, device.id);
    }
    expect(world.devices(index).map((device) => device.state)).toEqual(devices.map(() => 7));
    const [first, ...others] = devices;
    if (first === undefined) continue;
    await client.removeDevice(user, first.id);
    expect((await client.listDevices(user)).map((device) => device.id)).toEqual(
      others.map((device) => device.id),
    );
    await client.removeAllDevices(user);
    expect(await client.listDevices(user)).toEqual([]);
  }
  expect(pointsharp.traffic.facts().violations).toEqual({ total: 0, first: [] });
});

test('an unknown user is a failure of that user, in the words of the server', async () => {
  const { pointsharp } = await start();
  const client = pointsharpWriter(session(pointsharpAt(new URL(pointsharp.url))));
  const failure = await failureOf(client.removeExpiredWindows({ username: 'nobody at all' }));
  expect(failure).toMatchObject({ name: 'Refused', remedy: 'fail-user', status: 400 });
  expect(failure.vendorMessage).toBeTruthy();
});

test('the registrations of every associate are read, and no handle comes out', async () => {
  const { superoffice, people } = await start();
  const client = superofficeReader(session(superofficeAt(new URL(superoffice.url))));
  for (let index = 0; index < users; index++) {
    const associateId = people.associateId(index);
    const expected = superoffice.world.registrations(associateId);
    const found = await client.listRegistrations(associateId);
    expect(found.map((registration) => registration.deviceName)).toEqual(
      expected.map((one) => one.DeviceName),
    );
    expect(found.map((registration) => registration.pushHandleHash !== null)).toEqual(
      expected.map((one) => Boolean(one.PNSHandle)),
    );
    const selected = await client.listRegistrations(associateId, ['OSVersion']);
    expect(selected.map(({ osVersion, platform }) => [osVersion, platform])).toEqual(
      expected.map((one) => [one.OSVersion, null]),
    );
    for (const { PNSHandle } of expected)
      if (PNSHandle) expect(JSON.stringify(found)).not.toContain(PNSHandle);
  }
  expect(superoffice.traffic.facts().violations).toEqual({ total: 0, first: [] });
});
