import { DateTime, Duration } from 'luxon';
import { expect, it } from 'vitest';
import { pointsharpWriter } from '../../src/clients/pointsharp/client.ts';
import type { Device } from '../../src/clients/pointsharp/schema.ts';
import { Devices } from '../../src/clients/pointsharp/schema.ts';
import { readTexts } from '../../src/config/settings/read-group.ts';
import { refreshTimedDevices } from '../../src/jobs/refresh-timed-devices.ts';
import { refreshTimedDevicesSettings } from '../../src/policies/timed-devices/settings.ts';
import { startServer } from '../clients/local-server.ts';
import { pointsharpAt, session } from '../clients/vendors.ts';

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

it.each([
  [true, ['phone'], {}],
  [undefined, ['phone'], {}],
  [false, [], { departed: 1 }],
])('a user whose active is %s has these devices refreshed: %j', async (active, refreshed, kept) => {
  let asked = 0;
  const devices = Devices.parse([{ ...due, DeviceId: 'phone' }]);
  const client = {
    async listDevices() {
      asked += 1;
      return devices;
    },
  };
  const user = { username: 'anna', ...(active === undefined ? {} : { active }) };
  const found = await refreshTimedDevices.inspect(user, { client, policy, now });
  expect(found.actions.map(({ subject }) => subject)).toEqual(refreshed);
  expect(found.kept).toEqual(kept);
  expect(asked).toBe(refreshed.length);
  const [{ verdict } = {}] = await refreshTimedDevices.explain(user, { client, policy, now });
  expect(verdict).toBe(active === false ? 'keep: departed' : 'refresh');
});

it.each([
  ['in an excluded group', ['Ansatte', 'VIKARER'], 'excluded-group', /in VIKARER, a group of EXCLUDE_GROUPS/],
  ['in both', ['Salg', 'vikarer'], 'excluded-group', /EXCLUDE_GROUPS \(vikarer\)/],
  ['in another group', ['Ansatte'], 'other-group', /in no group of ONLY_GROUPS \(Salg, Drift\)/],
  ['in no group', undefined, 'other-group', /ONLY_GROUPS/],
  ['in a wanted group', ['drift'], undefined, undefined],
])(
  'a user who is %s is left alone without asking the vendor, and why',
  async (_, groups, reason, because) => {
    const texts = { excludeGroups: 'vikarer', onlyGroups: 'Salg, Drift' };
    const grouped = readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, texts);
    let asked = 0;
    const client = {
      async listDevices() {
        asked += 1;
        return Devices.parse([{ ...due, DeviceId: 'phone' }]);
      },
      async updateDeviceTime() {
        asked += 100;
        return 0;
      },
    };
    const user = { username: 'anna', ...(groups === undefined ? {} : { groups }) };
    const context = { client, policy: grouped, now };
    const { actions, kept } = await refreshTimedDevices.inspect(user, context);
    expect({ actions: actions.length, kept, asked }).toEqual(
      reason === undefined
        ? { actions: 1, kept: {}, asked: 1 }
        : { actions: 0, kept: { [reason]: 1 }, asked: 0 },
    );
    const [explained] = await refreshTimedDevices.explain(user, context);
    expect(explained?.verdict).toBe(reason === undefined ? 'refresh' : `keep: ${reason}`);
    if (because) expect(explained?.because).toEqual([expect.stringMatching(because)]);
  },
);

it('a policy names its groups once each, and a comma in a name is written in hexadecimal', () => {
  const texts = { excludeGroups: 'Styret\\x2C gamle,Vikarer', onlyGroups: 'Salg' };
  const grouped = readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, texts);
  expect(refreshTimedDevices.groups(grouped)).toEqual(['Styret, gamle', 'Vikarer', 'Salg']);
  expect(refreshTimedDevices.groups(policy)).toEqual([]);
});

it('among many devices with unreadable dates, three are named', async () => {
  const found = await inspect([1, 2, 3, 4, 5].map((id) => ({ ...due, DeviceId: `${id}`, Timeout: 'soon' })));
  expect(found.unreadable).toContain('1 (Timeout), 2 (Timeout), 3 (Timeout) and 2 more.');
});

it.each([
  ['as it was', {}, undefined],
  ['timed out', { Timeout: '2026-05-31T23:00:00Z' }, 'timed-out'],
  ['failing', { LastErrorTime: '2026-05-31T12:00:00Z' }, 'failing'],
  ['inactive', { LastOkTime: '2026-04-01T00:00:00Z' }, 'inactive'],
])(
  'a device of an approved plan that is %s meanwhile is decided again before it is written',
  async (_what, change, reason) => {
    const device = { ...due, DeviceId: 'phone', ...change };
    const server = await startServer(({ method }, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(method === 'GET' ? JSON.stringify([device]) : 'null');
    });
    const client = pointsharpWriter(session(pointsharpAt(server.url)));
    const timeout = Date.parse(device.Timeout);
    const action = { user: { username: 'anna' }, subject: 'phone', timeout, lastUsed: 0 };
    const outcome = await refreshTimedDevices.apply(action, {
      client,
      policy,
      now,
      plannedAt: now,
      recheck: true,
    });
    expect(outcome).toEqual(reason === undefined ? { status: 'applied' } : { status: 'skipped', reason });
    expect(server.received.map(({ method }) => method)).toEqual(
      reason === undefined ? ['GET', 'PUT'] : ['GET'],
    );
  },
);

it('the job says when there can be something to do for a user again where that decides about anything, and else nothing', async () => {
  const raw = [
    { ...due, DeviceId: 'phone', TimeoutConfAheadNotification: 3, Timeout: '2026-06-20T00:00:00Z' },
  ];
  expect(await inspect(raw)).not.toHaveProperty('outlook');
  const weekly = { ...policy, unit: 'days', rereadAfter: Duration.fromISO('P7D') } as const;
  const client = { listDevices: async () => Devices.parse(raw) };
  const found = await refreshTimedDevices.inspect({ username: 'anna' }, { client, policy: weekly, now });
  const dayMs = 24 * 3_600_000;
  // 3 days and 36 hours before the time-out.
  expect(found.outlook).toEqual({ nothingBeforeMs: now.toMillis() + 14.5 * dayMs, newAfterMs: 25.5 * dayMs });
});

it('a longer wait without a unit is told beside a margin that is too small', () => {
  const weekly = { ...policy, rereadAfter: Duration.fromISO('P7D') };
  const problems = refreshTimedDevices.check(weekly, Duration.fromISO('P7D').toMillis());
  expect(problems.map(({ problem }) => problem.split(' ')[0])).toEqual(['MARGIN', 'REREAD_AFTER']);
  expect(refreshTimedDevices.check(policy, Duration.fromISO('P1D').toMillis())).toEqual([]);
});
