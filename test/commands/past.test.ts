import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ActionRow } from '../../src/runs/plan-rows.ts';
import type { Report } from '../../src/runs/report.ts';
import { visit } from '../ops/visitor.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

let endToEnd: EndToEnd;
let report: Report;
let late: readonly ActionRow[];

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 200, frozen: true });
  const { faults } = endToEnd.simulators.pointsharp;
  faults.add({ kind: 'status', status: 400, operation: 'PUT Device/UpdateTime', count: 1 });
  const words = ['run', 'refresh-timed-devices', '--mode', 'enforce', '--json'];
  report = (await endToEnd.run(words)).json<Report>();
  const rows = await endToEnd.run(['runs', report.run.id, '--users', '--json']);
  late = rows.json<{ actions: readonly ActionRow[] }>().actions;
});
afterAll(() => endToEnd.close());

it('caretaker explain and the page of a user tell what failed for the user, for whom a run came late, and what was done by hand', async () => {
  const [failure] = report.failures;
  const failed = await endToEnd.run(['explain', failure?.user ?? '']);
  expect(failed.output).toContain(`refresh-timed-devices failed on ${failure?.subject}: `);
  expect(failed.output).toContain('What runs wrote in time is only in the log (action applied).');

  const one = late.find(({ user }) => user !== failure?.user);
  const user = one?.user ?? '';
  const reason = ['--reason', 'lost phone', '--by', 'ola', '--yes'];
  await endToEnd.run(['device', 'remove-windows', user, '--expired', ...reason]);
  const told = (await endToEnd.run(['explain', user])).output;
  const lines = told.slice(told.indexOf('kept of the past')).split('\n');
  expect(lines[1]).toMatch(/^ {2}[\d-]+ [\d:]+ {2}remove-expired-windows by ola: done \(lost phone\)$/);
  const came = `refresh-timed-devices came to device ${one?.device} after the warning of the vendor`;
  expect(lines.join('\n')).toContain(came);

  const visitor = await visit(endToEnd);
  const page = await visitor.page(`/users/${encodeURIComponent(user)}`);
  expect(page).toContain('remove-expired-windows by ola: done (lost phone)');
  expect(page).toContain('after the warning of the vendor');
  await visitor.worker.kill('SIGTERM');
});

it('caretaker explain says that nothing is kept of a user to whom nothing happened', async () => {
  const names = new Set([...report.failures, ...late].map(({ user }) => user));
  const { people } = endToEnd.simulators;
  const all = Array.from({ length: 200 }, (_, index) => people.username(index));
  const { output } = await endToEnd.run(['explain', all.find((one) => !names.has(one)) ?? '']);
  expect(output).toMatch(/^kept of the past of .*\n {2}nothing\. What runs wrote/m);
});
