import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 300;
const dayMs = 24 * 3_600_000;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
});
afterAll(() => endToEnd.close());

it('probe', async () => {
  for (let night = 0; night < 4; night += 1) {
    const { traffic } = endToEnd.simulators.pointsharp;
    traffic.reset();
    const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json'], {
      CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P7D' });
    console.log(result.code, result.errors.slice(0,500));
    const report = result.json<Report>();
    console.log(report.users, report.actions, report.run, traffic.facts().byOperation, report.kept);
    endToEnd.simulators.clock.set?.(endToEnd.simulators.clock.now() + dayMs);
  }
});
