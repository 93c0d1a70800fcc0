import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 60;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());

it('a worker does not take one user at whom the vendor always fails for a vendor that is down', async () => {
  const { faults, traffic } = endToEnd.simulators.pointsharp;
  faults.add({ kind: 'status', status: 500, username: endToEnd.simulators.people.username(7) });
  const answer = await endToEnd.run(['run', 'purge-windows', '--json', '--mode', 'enforce'], {
    PURGE_WINDOWS_BATCH_SIZE: '10',
    // An outage would last longer than that.
    CARETAKER_OUTAGE_PATIENCE: 'PT1S',
  });
  const report = answer.json<Report>();
  expect(report.run.status).toBe('completed');
  expect(report.actions.applied).toBe(2 * users - 2);
  expect(report.actions.failed + report.actions.notReached).toBe(2);
  expect(traffic.facts().byStatus['500']).toBeLessThan(60);
});
