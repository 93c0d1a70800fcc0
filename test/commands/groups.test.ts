import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { rosterUser } from '../../simulators/people/roster.ts';
import { readPlan } from '../../src/runs/plan-files/plan-file.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 60;
let endToEnd: EndToEnd;

/** Every third is a substitute, in one case or another. */
const groupOf = (index: number) => ['Vikarer|Salg', 'Salg', ''][index % 3] ?? '';

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
  const { people } = endToEnd.simulators;
  const rows = Array.from({ length: users }, (_, index) => {
    const group = groupOf(index);
    return `${JSON.stringify({ ...rosterUser(people, index), group })}\n`;
  });
  const roster = await endToEnd.file('groups.ndjson', rows.join(''));
  endToEnd.environment.CARETAKER_ROSTER = roster;
});
afterAll(() => endToEnd.close());
beforeEach(() => endToEnd.simulators.reset());

const job = 'refresh-timed-devices';
const excluding = (groups: string) => ({ REFRESH_TIMED_DEVICES_EXCLUDE_GROUPS: groups });
const enforcing = { CARETAKER_MODE: 'enforce', REFRESH_TIMED_DEVICES_MAX_SHARE: '1' };

/** Whose devices were written to. */
function writtenUsers(before: ReturnType<typeof snapshot>): number[] {
  const { world } = endToEnd.simulators.pointsharp;
  return Array.from({ length: users }, (_, index) => index).filter(
    (index) => JSON.stringify(world.devices(index)) !== JSON.stringify(before.get(index)),
  );
}
const snapshot = () => endToEnd.simulators.pointsharp.world.snapshotDevices();

it('who is in an excluded group is kept for that reason, and everybody else is refreshed', async () => {
  const before = snapshot();
  const all = await endToEnd.run(['run', job, '--json'], enforcing);
  const everybody = writtenUsers(before);
  expect(all.json<Report>().kept['excluded-group']).toBeUndefined();
  expect(everybody.some((index) => index % 3 === 0)).toBe(true);
  endToEnd.simulators.reset();

  const { code, json } = await endToEnd.run(['run', job, '--json'], {
    ...enforcing,
    ...excluding('VIKARER'),
  });
  expect(code).toBe(0);
  const { kept, users: counted } = json<Report>();
  expect(kept['excluded-group']).toBe(users / 3);
  expect(counted).toMatchObject({ selected: users, inspected: users, failed: 0 });
  expect(writtenUsers(before)).toEqual(everybody.filter((index) => index % 3 !== 0));
});

it('where only some groups are looked after, all others are kept, and explain says why', async () => {
  const only = { REFRESH_TIMED_DEVICES_ONLY_GROUPS: 'salg' };
  const { json } = await endToEnd.run(['run', job, '--json'], { ...only, ...excluding('vikarer') });
  expect(json<Report>().kept).toMatchObject({ 'excluded-group': users / 3, 'other-group': users / 3 });
  const name = endToEnd.simulators.people.username(2);
  const { output } = await endToEnd.run(['explain', name], only);
  expect(output).toContain('all devices: keep: other-group');
  expect(output).toContain('the user is in no group of ONLY_GROUPS (salg)');
  // Named by hand, with the groups that the roster has.
  const named = await endToEnd.run(['run', job, '--user', name, '--json'], only);
  expect(named.json<Report>().kept).toEqual({ 'other-group': 1 });
});

it('a group that nobody is in holds a run in enforce, is told in observe, and shows in the doctor', async () => {
  const before = snapshot();
  const wrong = excluding('vikarer,vikrar');
  const said = 'no user of the roster is in vikrar, which REFRESH_TIMED_DEVICES_EXCLUDE_GROUPS';
  const observed = await endToEnd.run(['run', job, '--json'], wrong);
  expect(observed.json<Report>().run.reason).toContain(`in enforce this run would be held: ${said}`);
  const held = await endToEnd.run(['run', job, '--json'], { ...enforcing, ...wrong });
  expect(held.code).toBe(3);
  expect(held.output + held.errors).toContain(said);
  expect(writtenUsers(before)).toEqual([]);
  expect((await endToEnd.run(['reject', 'latest'])).code).toBe(0);
  const doctor = await endToEnd.run(['doctor'], wrong);
  expect(doctor.output).toContain('no user is in vikrar, which a policy names');
  expect((await endToEnd.run(['doctor'], excluding('vikarer'))).output).not.toContain('which a policy names');
});

it('a plan file has the groups that its policy names, and applies to nobody else', async () => {
  const path = join(endToEnd.folder, 'plan.json');
  const settings = { ...enforcing, REFRESH_TIMED_DEVICES_ONLY_GROUPS: 'Salg', ...excluding('vikarer') };
  expect((await endToEnd.run(['plan', job, '--out', path], settings)).code).toBe(0);
  const { actions = [] } = readPlan(await readFile(path, 'utf8'), path);
  expect(actions.length).toBeGreaterThan(0);
  for (const { user } of actions) expect(user.groups).toEqual(['Salg']);
  const before = snapshot();
  expect((await endToEnd.run(['apply', path], settings)).code).toBe(0);
  const written = writtenUsers(before);
  expect(written.length).toBeGreaterThan(0);
  expect(written.every((index) => index % 3 === 1)).toBe(true);
});

it('a plan that was made for a group that nobody is in is held when it is applied', async () => {
  const path = join(endToEnd.folder, 'wrong-plan.json');
  const settings = { ...enforcing, ...excluding('vikrar') };
  const planned = await endToEnd.run(['plan', job, '--out', path], settings);
  expect(planned.output).toContain('applied now, it would be held: no user of the roster is in vikrar');
  const before = snapshot();
  expect((await endToEnd.run(['apply', path], settings)).code).toBe(3);
  expect(writtenUsers(before)).toEqual([]);
});
