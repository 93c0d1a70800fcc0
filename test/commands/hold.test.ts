import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import type { Caretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 300;
let endToEnd: EndToEnd;
let worker: Caretaker | undefined;

/** A margin so wide that ten times as many devices are due as in other runs. */
const widened = { REFRESH_TIMED_DEVICES_MARGIN: 'P60D', REFRESH_TIMED_DEVICES_MAX_SHARE: '1' };
const refresh = ['run', 'refresh-timed-devices', '--json', '--mode', 'enforce'];

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
  for (let run = 0; run < 3; run += 1) expect((await endToEnd.run(refresh)).code).toBe(0);
});
afterAll(() => endToEnd.close());
beforeEach(() => endToEnd.simulators.pointsharp.traffic.reset());

function writes(): number {
  return endToEnd.simulators.pointsharp.traffic.facts().byOperation['PUT Device/UpdateTime'] ?? 0;
}

async function heldRun(reason: string): Promise<Report> {
  const result = await endToEnd.run([...refresh, '--reason', reason], widened);
  expect(result.code).toBe(3);
  return result.json<Report>();
}

async function ended(id: string): Promise<Report> {
  worker ??= endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
  for (;;) {
    const report = (await endToEnd.run(['runs', id, '--json'])).json<Report>();
    if (report.run.status !== 'running' && report.run.status !== 'held') return report;
  }
}

it('holds a run that plans many times the median of the last runs, before the first write', async () => {
  const { run, actions, hold, reason } = await heldRun('new phones');
  expect(run).toMatchObject({ status: 'held', finishedAt: null });
  expect(reason).toBe('new phones');
  expect(hold).toEqual({
    reason: expect.stringContaining('GROWTH_FACTOR'),
    until: expect.any(String),
    decision: null,
  });
  expect(run.reason).toMatch(/GROWTH_FACTOR.*approve or reject refresh-timed-devices-/);
  const inOslo = await endToEnd.run(['runs', run.id], { CARETAKER_TIME_ZONE: 'Europe/Oslo' });
  expect(inOslo.output).toMatch(/approve or reject \S+ before \d{4}-\d\d-\d\d \d\d:\d\d Europe\/Oslo \(/);
  expect(actions.planned).toBeGreaterThan(100);
  expect(actions.notReached).toBe(actions.planned);
  expect(writes()).toBe(0);

  const again = await endToEnd.run(refresh, widened);
  expect(again.code).toBe(5);
  expect(again.json<Report>().run.reason).toMatch(
    new RegExp(`^overlap: run ${run.id} is held until .*: approve it or reject it$`),
  );

  const rejected = await endToEnd.run(['reject', run.id, '--note', 'not today', '--by', 'ola', '--json']);
  expect(rejected.json()).toMatchObject({ id: run.id, status: 'rejected' });
  const report = await ended(run.id);
  expect(report.run).toMatchObject({
    status: 'stopped',
    reason: expect.stringContaining('rejected by ola: not today'),
  });
  const decision = { what: 'reject', by: 'ola', at: expect.any(String), note: 'not today' };
  expect(report).toMatchObject({ reason: 'new phones', hold: { ...hold, decision } });
  const shown = await endToEnd.run(['runs', run.id]);
  expect(shown.output).toContain('\nrequested because: new phones\n');
  expect(shown.output).toMatch(/^rejected by ola at \S+ \S+ UTC: not today$/m);
  expect(report.actions).toEqual({
    planned: actions.planned,
    applied: 0,
    skipped: 0,
    failed: 0,
    notReached: actions.planned,
  });
  expect(writes()).toBe(0);
});

it('a held run applies exactly the plan that was approved, and skips what changed since', async () => {
  await worker?.kill('SIGTERM');
  worker = undefined;
  const { run, actions } = await heldRun('new phones');
  const { world } = endToEnd.simulators.pointsharp;
  // Somebody refreshes one device and removes another while the run is held.
  const plan = (await endToEnd.run(['runs', run.id, '--json'])).json<{
    plan: { sample: { user: string; subject: string }[] };
  }>().plan;
  const [changed, gone] = plan.sample;
  const person = (user: string | undefined) => {
    for (let index = 0; index < users; index += 1)
      if (endToEnd.simulators.people.username(index) === user) return index;
    throw new Error(`nobody is called ${user}`);
  };
  world.updateTime(person(changed?.user), changed?.subject ?? '');
  world.removeDevice(person(gone?.user), gone?.subject ?? '');

  const approved = await endToEnd.run(['approve', run.id, '--note', 'new phones for all']);
  expect(approved.output).toContain('Nobody is there to carry it out.');
  const report = await ended(run.id);
  expect(report.run.status).toBe('completed');
  expect(report.hold?.decision).toMatchObject({ what: 'approve', note: 'new phones for all' });
  expect(report.actions).toEqual({
    planned: actions.planned,
    applied: actions.planned - 2,
    skipped: 2,
    failed: 0,
    notReached: 0,
  });
  expect(writes()).toBe(actions.planned - 2);
});

it('the command line says why a run can be neither approved nor rejected', async () => {
  for (const words of [
    ['approve', 'nothing'],
    ['reject', 'nothing'],
  ]) {
    const result = await endToEnd.run(words);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain('There is no run nothing');
  }
});

it('ends a held run that nobody approves or rejects', async () => {
  endToEnd.simulators.reset();
  await worker?.kill('SIGTERM');
  worker = undefined;
  const result = await endToEnd.run(refresh, {
    REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1',
    REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
    CARETAKER_HOLD_FOR: 'PT0.5S',
  });
  const { run } = result.json<Report>();
  const report = await ended(run.id);
  expect(report.run).toMatchObject({ status: 'stopped', reason: expect.stringContaining('expired') });
  expect(report).toMatchObject({ reason: null, hold: { decision: null } });
});
