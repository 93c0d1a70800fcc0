import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Device } from '../../simulators/pointsharp/devices.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 2000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let endToEnd: EndToEnd;

beforeAll(async () => {
  // The clock stands still, so that the test and the product decide at the same moment.
  endToEnd = await openEndToEnd({ users, frozen: true });
});
afterAll(() => endToEnd.close());

/** The rules of docs and design in their plainest form, written without a look at src. */
function isDueAndInUse(device: Device, now: number): boolean {
  const { timeoutConf, aheadConf, timeout, lastOkTime, lastErrorTime, createTime } = device;
  if (typeof timeoutConf !== 'number' || timeoutConf <= 0 || typeof timeout !== 'number' || timeout <= now)
    return false;
  const notifyAt = timeout - (typeof aheadConf === 'number' ? aheadConf * dayMs : 7 * dayMs);
  if (now < notifyAt - 36 * hourMs) return false;
  if (typeof lastOkTime !== 'number' || lastOkTime < now - 14 * dayMs) return false;
  if (typeof lastErrorTime === 'number' && lastErrorTime > lastOkTime) return false;
  return !(typeof createTime === 'number' && createTime < now - 5 * 365 * dayMs);
}

it('a run refreshes every device that is due and in use, no other, with one read per user', async () => {
  const { world, traffic } = endToEnd.simulators.pointsharp;
  const now = endToEnd.simulators.clock.now();
  const before = world.snapshotDevices();
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json'], {
    CARETAKER_MODE: 'enforce',
  });
  expect(result.code).toBe(0);
  const report = result.json<Report>();

  let refreshed = 0;
  for (const [person, devices] of before) {
    const after = new Map(world.devices(person).map((device) => [device.id, device]));
    for (const device of devices) {
      const now_ = after.get(device.id);
      const due = endToEnd.simulators.people.isRosterUser(person) && isDueAndInUse(device, now);
      if (!due) {
        expect(now_, `device ${device.id} is as it was`).toEqual(device);
        continue;
      }
      refreshed += 1;
      expect(now_?.timeout, `device ${device.id} has a later time-out`).toBeGreaterThan(
        Number(device.timeout),
      );
      expect({ ...now_, timeout: 0, notifyAtMs: 0, sinceMs: 0 }).toEqual({
        ...device,
        timeout: 0,
        notifyAtMs: 0,
        sinceMs: 0,
      });
    }
  }
  expect(refreshed).toBeGreaterThan(100);
  expect(report.actions).toEqual({
    planned: refreshed,
    applied: refreshed,
    skipped: 0,
    failed: 0,
    notReached: 0,
  });
  expect(report.users).toEqual({ selected: users, inspected: users, failed: 0, notReached: 0, notAsked: 0 });
  expect(Object.values(report.kept).reduce((sum, count) => sum + count, refreshed)).toBe(
    rosterDevices(before),
  );

  const facts = traffic.facts();
  // One read for each user, and one for each device of the canary, which is read back.
  const canary = Math.max(10, Math.ceil(refreshed / 100));
  expect(facts.byOperation).toEqual({ 'GET Device': users + canary, 'PUT Device/UpdateTime': refreshed });
  expect(facts.violations.total).toBe(0);
  // One line per refreshed device.
  expect(result.errors.split('"msg":"action applied"').length - 1).toBe(refreshed);
});

it('a run stops before the first write when more of the roster is due than MAX_SHARE allows', async () => {
  endToEnd.simulators.reset();
  endToEnd.simulators.pointsharp.traffic.reset();
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json', '--mode', 'enforce'], {
    REFRESH_TIMED_DEVICES_MAX_SHARE: '0.01',
  });
  const report = result.json<Report>();
  expect(result.code).toBe(4);
  expect(report.run.status).toBe('stopped');
  expect(report.run.reason).toContain('MAX_SHARE');
  expect(report.actions.notReached).toBe(report.actions.planned);
  expect(endToEnd.simulators.pointsharp.traffic.facts().byOperation).toEqual({ 'GET Device': users });
});

function rosterDevices(snapshot: ReadonlyMap<number, readonly Device[]>): number {
  let count = 0;
  for (const [person, devices] of snapshot)
    if (endToEnd.simulators.people.isRosterUser(person)) count += devices.length;
  return count;
}
