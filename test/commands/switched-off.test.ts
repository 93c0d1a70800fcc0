import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 600;
const enforce = { CARETAKER_MODE: 'enforce', PURGE_WINDOWS_BATCH_SIZE: '50' };
const off = { ...enforce, PURGE_WINDOWS_ENABLED: 'false' };
let endToEnd: EndToEnd;

beforeEach(async () => {
  endToEnd = await openEndToEnd({ users });
  endToEnd.simulators.pointsharp.faults.latencyMs = 20;
});
afterEach(() => endToEnd.close());

const writes = () => endToEnd.simulators.pointsharp.traffic.facts().requests;

async function purgeUnderWay(): Promise<string> {
  const trigger = ['trigger', 'purge-windows', '--mode', 'enforce', '--json'];
  const { id } = (await endToEnd.run(trigger)).json<{ id: string }>();
  while (writes() < 200) await new Promise(setImmediate);
  return id;
}

async function reportOf(id: string): Promise<Report> {
  return (await endToEnd.run(['runs', id, '--json'])).json<Report>();
}

it('a job that is switched off stops its run, whose report counts what was written before', async () => {
  const worker = endToEnd.start(['worker'], enforce);
  await worker.says('worker ready');
  const id = await purgeUnderWay();
  await worker.kill('SIGTERM');
  const before = writes();
  const next = endToEnd.start(['worker'], off);
  await next.says('run finished');
  const { run, users: counted, actions } = await reportOf(id);
  expect(run).toMatchObject({
    status: 'stopped',
    reason: 'The job purge-windows is switched off by PURGE_WINDOWS_ENABLED=false.',
  });
  expect(writes()).toBe(before);
  expect(actions).toMatchObject({ planned: 2 * users, applied: before });
  expect(counted.inspected + counted.failed + counted.notReached).toBe(users);
});

it('a worker that has the job switched off stops its run also beside one that has it on', async () => {
  const worker = endToEnd.start(['worker'], enforce);
  await worker.says('worker ready');
  const id = await purgeUnderWay();
  // The run cannot end before the other worker has started, on however slow a machine.
  endToEnd.simulators.pointsharp.faults.latencyMs = 1000;
  const other = endToEnd.start(['worker'], off);
  await Promise.race([worker.says('run finished'), other.says('run finished')]);
  const { run, actions } = await reportOf(id);
  expect(run).toMatchObject({ status: 'stopped', reason: expect.stringContaining('is switched off') });
  expect(actions.applied).toBe(writes());
  expect(actions.notReached).toBeGreaterThan(0);
});

it('a run request for a job that is switched off fails at once and says so', async () => {
  const refused = await endToEnd.run(['trigger', 'purge-windows'], off);
  expect(refused.code).toBe(2);
  expect(refused.errors).toContain('PURGE_WINDOWS_ENABLED=false');
});
