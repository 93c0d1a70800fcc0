import { DateTime } from 'luxon';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Device } from '../../simulators/pointsharp/devices.ts';
import type { Vendor } from '../../src/domain/vendor.ts';
import { jobNames, jobs } from '../../src/jobs/index.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { escapeCode } from './streams.ts';

interface Explained {
  readonly user: { readonly username: string; readonly userStorageName?: string };
  readonly job: string;
  readonly reasoning?: readonly {
    readonly subject: string;
    readonly verdict: string;
    readonly because: readonly string[];
  }[];
  readonly failed?: string;
}

const dayMs = 24 * 3600 * 1000;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 200 });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  // Whatever was explained: nobody has written anything.
  for (const vendor of ['pointsharp', 'superoffice'] as const) {
    const { traffic, faults } = endToEnd.simulators[vendor];
    expect(traffic.facts()).toMatchObject({ writesApplied: {}, violations: { total: 0 } });
    traffic.reset();
    faults.remove();
  }
});

/** A device of the roster that looks like this, with its user. */
function find(looks: (device: Device) => boolean): { person: number; username: string; device: Device } {
  const { people, pointsharp } = endToEnd.simulators;
  for (let person = 0; person < people.users; person += 1) {
    const device = pointsharp.world.devices(person).find(looks);
    if (device) return { person, username: people.username(person), device };
  }
  throw new Error('No user of this world has such a device.');
}

/** Well inside the time in which the rules call a device due, well used, without errors, young. */
function isDue({ timeout, notifyAtMs, lastOkTime, lastErrorTime, createTime }: Device): boolean {
  const now = Date.now();
  return (
    typeof timeout === 'number' &&
    notifyAtMs !== null &&
    typeof lastOkTime === 'number' &&
    typeof createTime === 'number' &&
    timeout > now + dayMs / 24 &&
    notifyAtMs < now + dayMs &&
    lastOkTime > now - 7 * dayMs &&
    createTime > now - 365 * dayMs &&
    (typeof lastErrorTime !== 'number' || lastErrorTime < lastOkTime)
  );
}

async function explain(username: string, words: string[] = [], extra: Record<string, string> = {}) {
  const result = await endToEnd.run(['explain', username, '--json', ...words], extra);
  const explained = result.json<Explained[]>();
  const of = (job: string) => explained.find((one) => one.job === job);
  return { code: result.code, explained, of };
}

it('explains for each job what it would do to a user, rule by rule, with times in the requested zone', async () => {
  const { username, device } = find(isDue);
  const { code, explained, of } = await explain(username, ['--time-zone', 'Asia/Kathmandu']);
  expect(code).toBe(0);
  expect(explained.map(({ job }) => job)).toEqual(jobNames);
  expect(of('purge-windows')?.reasoning?.map(({ subject, verdict }) => [subject, verdict])).toEqual([
    ['expired windows', 'remove'],
    ['waiting windows', 'remove'],
  ]);
  const refresh = of('refresh-timed-devices')?.reasoning?.find(({ subject }) => subject.includes(device.id));
  expect(refresh?.verdict).toMatch(/^refresh/);
  const rules = ['not-timed', 'unreadable-date', 'timed-out', 'not-due', 'excluded', 'state-not-allowed'];
  for (const rule of [...rules, 'never-used', 'failing', 'inactive', 'too-old']) {
    expect(
      refresh?.because.filter((line) => line.includes(`${rule}?`) || line.includes(`${rule}:`)),
    ).toHaveLength(1);
  }
  const timesOut = DateTime.fromMillis(Number(device.timeout), { zone: 'Asia/Kathmandu' });
  expect(refresh?.because.join('\n')).toContain(timesOut.toFormat('yyyy-MM-dd HH:mm'));
  expect(refresh?.because.join('\n')).toContain('GMT+5:45');
});

it('explains the rules up to the one that decides', async () => {
  const { username, device } = find(({ timeoutConf }) => timeoutConf === 0);
  const { of } = await explain(username);
  const kept = of('refresh-timed-devices')?.reasoning?.find(({ subject }) => subject.includes(device.id));
  expect(kept?.verdict).toBe('keep: not-timed');
  expect(kept?.because).toEqual([expect.stringContaining('TimeoutConf is 0')]);
});

it('prints the explanation as text, with times in the zone of the machine unless one is set', async () => {
  const { username, device } = find(isDue);
  const result = await endToEnd.run(['explain', username], {
    TZ: 'America/Phoenix',
    CARETAKER_TIME_ZONE: '',
  });
  expect(result).toMatchObject({ code: 0, errors: '' });
  for (const job of ['purge-windows', 'refresh-timed-devices', 'audit-pocket'])
    expect(result.output).toContain(`${job} for ${username} in `);
  expect(result.output).toMatch(/^ {2}expired windows: remove$/m);
  const timesOut = DateTime.fromMillis(Number(device.timeout), { zone: 'America/Phoenix' });
  expect(result.output).toContain(`times out ${timesOut.toFormat('yyyy-MM-dd HH:mm')} MST`);
  expect(result.output).not.toContain(escapeCode);
});

it('caretaker explain only reads: one request for each job that reads its vendor', async () => {
  const { pointsharp, superoffice } = endToEnd.simulators;
  await explain(find(isDue).username);
  const reading = (wanted: Vendor) =>
    jobs.filter(({ vendor, plansFrom }) => vendor === wanted && plansFrom === 'vendor').length;
  expect(pointsharp.traffic.facts().byOperation).toEqual({ 'GET Device': reading('pointsharp') });
  expect(superoffice.traffic.facts().byOperation).toEqual({
    'POST Agents/Pocket/GetRegisteredDevices': reading('superoffice'),
  });
});

it('explains which findings the audit has for a user', async () => {
  const { people, superoffice } = endToEnd.simulators;
  const index = Array.from({ length: people.users }, (_, user) => user).find((user) =>
    superoffice.world.registrations(people.associateId(user)).some(({ PNSHandle }) => PNSHandle === null),
  );
  const { of } = await explain(people.username(index ?? -1));
  expect(of('audit-pocket')?.reasoning?.[0]?.because.join('\n')).toContain('missing-push-handle');
});

it('explains nothing of a job that is switched off', async () => {
  const { explained } = await explain(find(isDue).username, [], { REFRESH_TIMED_DEVICES_ENABLED: 'false' });
  expect(explained.map(({ job }) => job)).toEqual(jobNames.filter((job) => job !== 'refresh-timed-devices'));
});

it('caretaker explain explains what it can when a vendor fails, and exits 1', async () => {
  endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 500 });
  const { code, of } = await explain(find(isDue).username);
  expect(code).toBe(1);
  expect(of('refresh-timed-devices')?.failed).toContain('500');
  expect(of('audit-pocket')?.reasoning).toHaveLength(1);
});

it('caretaker explain explains every user of that name when the roster has it in two storages', async () => {
  const { people } = endToEnd.simulators;
  const person = Array.from({ length: people.users }, (_, user) => user).find(people.hasTwin) ?? -1;
  const username = people.username(person);
  const storages = [people.storage(person), people.storage(people.users + person)];
  const rows = storages.map((storage) => JSON.stringify({ username, userStorageName: storage }));
  const roster = await endToEnd.file('twins.ndjson', `${rows.join('\n')}\n`);
  const { explained } = await explain(username, [], { CARETAKER_ROSTER: roster });
  expect(new Set(explained.map(({ user }) => user.userStorageName))).toEqual(new Set(storages));
  expect(explained.every(({ failed }) => failed === undefined)).toBe(true);
});

it('caretaker explain says that the roster has no such user, exits 2 and asks nobody', async () => {
  const result = await endToEnd.run(['explain', 'nobody']);
  expect(result).toMatchObject({ code: 2, output: '' });
  expect(result.errors).toMatch(
    /^caretaker: The roster .+ has no user nobody\. Correct the name, or add the user to the roster\.\n$/,
  );
  expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
});
