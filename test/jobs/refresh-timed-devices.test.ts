import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import type { Device } from '../../src/clients/pointsharp/schema.ts';
import { Devices } from '../../src/clients/pointsharp/schema.ts';
import { readTexts } from '../../src/config/settings/read-group.ts';
import { refreshTimedDevices } from '../../src/jobs/refresh-timed-devices.ts';
import { refreshTimedDevicesSettings } from '../../src/policies/refresh-timed-devices.ts';

const now = DateTime.fromISO('2026-06-01T00:00:00Z', { zone: 'utc' });
const policy = readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, {});
const due = {
  TimeoutConf: 30,
  CreateTime: '2026-01-01T00:00:00Z',
  LastOkTime: '2026-05-31T00:00:00Z',
  Timeout: '2026-06-05T00:00:00Z',
};

function inspect(raw: readonly object[]) {
  const devices: readonly Device[] = Devices.parse(raw);
  const client = { listDevices: async () => devices };
  return refreshTimedDevices.inspect({ username: 'anna' }, { client, policy, now });
}

it('a device whose dates cannot be read leaves the other devices of its user to be refreshed', async () => {
  const found = await inspect([
    { ...due, DeviceId: 'odd', Timeout: '/Date(1780000000000)/', CreateTime: 1780000000 },
    { ...due, DeviceId: 'fine' },
  ]);
  expect(found.actions.map(({ subject }) => subject)).toEqual(['fine']);
  expect(found.kept).toEqual({ 'unreadable-date': 1 });
  expect(found.unreadable).toBe(
    'Dates of timed devices cannot be read: odd (CreateTime, Timeout). They are left alone and may time out: compare the dates that GET Device gives for this user with ISO 8601.',
  );
});

it('a device that is not timed has no dates that need to be read', async () => {
  const found = await inspect([{ ...due, DeviceId: 'odd', TimeoutConf: 0, Timeout: '2026-06-05' }]);
  expect(found).toEqual({ actions: [], kept: { 'not-timed': 1 } });
});

it('among many devices with unreadable dates, three are named', async () => {
  const found = await inspect([1, 2, 3, 4, 5].map((id) => ({ ...due, DeviceId: `${id}`, Timeout: 'soon' })));
  expect(found.unreadable).toContain('1 (Timeout), 2 (Timeout), 3 (Timeout) and 2 more.');
});
