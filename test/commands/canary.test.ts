import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 300;
const update = 'PUT Device/UpdateTime';
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
beforeEach(() => {
  endToEnd.simulators.reset();
  endToEnd.simulators.pointsharp.faults.remove();
  endToEnd.simulators.pointsharp.traffic.reset();
});

async function refresh(extra: Record<string, string> = {}) {
  const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json', '--mode', 'enforce'], extra);
  return { ...result, report: result.json<Report>() };
}

function requests(): Readonly<Record<string, number>> {
  return endToEnd.simulators.pointsharp.traffic.facts().byOperation;
}

/** The vendor says yes to every write and does nothing. */
function sayYesAndDoNothing(): void {
  endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 200, operation: update });
}

it('the canary stops a run whose first writes changed nothing, before the rest', async () => {
  const before = endToEnd.simulators.pointsharp.world.snapshotDevices();
  sayYesAndDoNothing();
  const { code, report } = await refresh();
  expect(code).toBe(4);
  expect(report.run).toMatchObject({ status: 'stopped', reason: expect.stringContaining('nothing changed') });
  expect(report.actions.planned).toBeGreaterThan(50);
  expect(requests()[update]).toBeLessThanOrEqual(10);
  expect(report.actions.applied).toBe(0);
  expect(report.actions.failed + report.actions.notReached).toBe(report.actions.planned);
  expect(endToEnd.simulators.pointsharp.world.snapshotDevices()).toEqual(before);
});

it('reads back only the canary, everything or nothing, as VERIFY says', async () => {
  const some = await refresh();
  const { planned } = some.report.actions;
  expect(some.report.actions.applied).toBe(planned);
  expect(requests()['GET Device']).toBe(users + 10);
  for (const [verify, reads] of [
    ['all', planned],
    ['none', 0],
  ] as const) {
    endToEnd.simulators.reset();
    endToEnd.simulators.pointsharp.traffic.reset();
    const { report } = await refresh({ REFRESH_TIMED_DEVICES_VERIFY: verify });
    expect(report.actions).toEqual({ planned, applied: planned, skipped: 0, failed: 0, notReached: 0 });
    expect(requests()['GET Device']).toBe(users + reads);
  }
});

it('a run warns of actions that are planned again as if nothing had been done', async () => {
  sayYesAndDoNothing();
  // A history of its own: the world was put back to where the runs before had begun.
  const unread = { REFRESH_TIMED_DEVICES_VERIFY: 'none', CARETAKER_PREFIX: '{ineffective}' };
  const first = await refresh(unread);
  expect(first.report.actions.applied).toBe(first.report.actions.planned);
  expect(first.report.ineffective).toBe(0);
  const second = await refresh(unread);
  expect(second.report.actions.planned).toBe(first.report.actions.planned);
  expect(second.report.ineffective).toBe(second.report.actions.planned);
  expect(second.errors).toContain('actions without effect');

  endToEnd.simulators.pointsharp.faults.remove();
  const read = { CARETAKER_PREFIX: '{ineffective}' };
  expect((await refresh(read)).report.ineffective).toBe(second.report.actions.planned);
  const last = await refresh(read);
  expect(last.report.actions.planned).toBe(0);
  expect(last.report.ineffective).toBe(0);
});
