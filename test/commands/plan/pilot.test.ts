import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRow, UserRow } from '../../../src/runs/plan-rows.ts';
import type { Report } from '../../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';

const users = 60;
/** Three of three users are more than any such share. */
const tight = { REFRESH_TIMED_DEVICES_MAX_SHARE: '0.01', REFRESH_TIMED_DEVICES_MAX_UNREADABLE: '0.01' };
const refresh = 'refresh-timed-devices';
let endToEnd: EndToEnd;
let path: string;
let files = 0;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users, frozen: true });
});
afterAll(() => endToEnd.close());
beforeEach(() => {
  endToEnd.simulators.reset();
  endToEnd.simulators.pointsharp.traffic.reset();
  endToEnd.simulators.pointsharp.faults.remove();
  files += 1;
  path = join(endToEnd.folder, `pilot-${files}.json`);
});

interface Shown<Row> {
  readonly plan: string;
  readonly job: string;
  readonly unit: string | null;
  readonly held: { readonly reason: string; readonly until: string } | null;
  readonly selected: number;
  readonly actions: readonly Row[];
  readonly users: readonly Row[];
}

const writes = () => endToEnd.simulators.pointsharp.traffic.facts().byOperation['PUT Device/UpdateTime'] ?? 0;

async function planned(...words: readonly string[]): Promise<Shown<ActionRow>> {
  await rm(path, { force: true });
  const made = await endToEnd.run(['plan', refresh, '--out', path, ...words], tight);
  // Of the whole roster it is more than the limits allow.
  expect(made.code).toBe(words.length > 0 ? 0 : 4);
  return (await endToEnd.run(['plan', 'show', path, '--json'])).json();
}

/** Three users with something to do, by name. */
async function pilots(): Promise<string[]> {
  const { actions } = await planned();
  return [...new Set(actions.map(({ user }) => user))].slice(0, 3);
}

function deviceOf({ user, device }: ActionRow) {
  const { people, pointsharp } = endToEnd.simulators;
  for (let index = 0; index < users; index += 1) {
    if (people.username(index) !== user) continue;
    const found = pointsharp.world.devices(index).find(({ id }) => id === device);
    if (found) return { ...found, storage: people.storage(index) };
  }
  throw new Error(`nobody called ${user} has ${device}`);
}

const isoOf = (stamp: unknown) => (typeof stamp === 'number' ? new Date(stamp).toISOString() : null);

describe('a pilot on three users in enforce', () => {
  it('a plan of three users shows to whom it does what and why, the soonest warning first', async () => {
    const names = await pilots();
    const { actions, held, unit, selected, job } = await planned('--user', ...names);
    expect({ held, unit, selected, job }).toEqual({ held: null, unit: 'days', selected: 3, job: refresh });
    expect(new Set(actions.map(({ user }) => user))).toEqual(new Set(names));
    for (const row of actions) {
      const { storage, lastOkTime, timeout, notifyAtMs } = deviceOf(row);
      // Where a device does not say when its user is warned, it is a week ahead: the default of NOTICE.
      const warned = notifyAtMs ?? Number(timeout) - 7 * 24 * 3_600_000;
      const facts = [row.storage, row.lastUsed, row.willTimeOut, row.willBeWarned];
      expect(facts).toEqual([storage, ...[lastOkTime, timeout, warned].map(isoOf)]);
    }
    const warnings = actions.map(({ willBeWarned }) => willBeWarned ?? '');
    expect(warnings).toEqual(warnings.toSorted());
    expect(writes()).toBe(0);
  });

  it('a plan is shown to people as a table, with its times in the zone for people unless another is asked for', async () => {
    const { actions } = await planned();
    const [first] = actions;
    expect(first?.willTimeOut).toMatch(/Z$/);
    const local = (zone: string) => {
      const date = new Date(first?.willTimeOut ?? '');
      return date.toLocaleString('sv-SE', { timeZone: zone }).slice(0, 16);
    };
    const zoned = { CARETAKER_TIME_ZONE: 'Asia/Kathmandu' };
    for (const [words, zone] of [
      [[], 'Asia/Kathmandu'],
      [['--time-zone', 'America/New_York'], 'America/New_York'],
    ] as const) {
      const { code, output } = await endToEnd.run(['plan', 'show', path, ...words], zoned);
      expect(code).toBe(0);
      expect(output).toContain(`for ${users} users; times in ${zone}\nunit: days\n`);
      const lines = output.split('\n');
      const start = lines.findIndex((line) =>
        /^user +storage +device +last used +will be warned +will time out +why$/.test(line),
      );
      const rows = lines.slice(start + 1).filter((line) => line !== '');
      expect(rows).toHaveLength(actions.length);
      // In the year of the plan without it.
      expect(rows[0]).toContain(local(zone).slice(5));
      expect(rows[0]).toMatch(/ (due|late)$/);
    }
    expect(actions.some(({ why }) => why === 'late')).toBe(true);
  });

  it('a run over three users is not stopped by a share of three, does what its plan showed, and says by which unit', async () => {
    const names = await pilots();
    const { actions } = await planned('--user', ...names);
    const run = ['run', refresh, '--user', ...names, '--mode', 'enforce', '--json'];
    const result = await endToEnd.run(run, tight);
    const report = result.json<Report>();
    expect([result.code, report.run.reason]).toEqual([0, null]);
    expect(report.users).toMatchObject({ selected: 3, inspected: 3 });
    expect(report.actions).toMatchObject({ planned: actions.length, applied: actions.length });
    expect(report.unit).toBe('days');
    expect(writes()).toBe(actions.length);
    expect(result.errors).not.toContain('configuration warning');
  });

  it('a run over three users is not stopped when one of them cannot be read, but by the number of actions', async () => {
    const names = await pilots();
    endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 400, username: names[0] ?? '' });
    const run = ['run', refresh, '--user', ...names, '--mode', 'enforce', '--json'];
    const report = (await endToEnd.run(run, tight)).json<Report>();
    expect(report.run.status).toBe('completed');
    expect(report.users).toMatchObject({ selected: 3, inspected: 2, failed: 1 });

    endToEnd.simulators.reset();
    const limited = await endToEnd.run(run, { ...tight, REFRESH_TIMED_DEVICES_MAX_ACTIONS: '0' });
    expect(limited.code).toBe(4);
    expect(limited.json<Report>().run.reason).toContain('REFRESH_TIMED_DEVICES_MAX_ACTIONS=0');
  });
});

describe('a held run', () => {
  const held = { REFRESH_TIMED_DEVICES_MAX_ACTIONS: '1', REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions' };

  it('a held run shows whole to whom it would do what, as a plan file made at the same time does', async () => {
    const { actions } = await planned();
    const run = await endToEnd.run(['run', refresh, '--mode', 'enforce', '--json'], held);
    expect(run.code).toBe(3);
    const { id } = run.json<Report>().run;
    const shown = await endToEnd.run(['runs', id, '--plan', '--json']);
    expect(shown.code).toBe(0);
    const plan = shown.json<Shown<ActionRow>>();
    expect(plan).toMatchObject({ plan: id, job: refresh, unit: 'days', selected: users });
    expect(plan.held?.reason).toContain('REFRESH_TIMED_DEVICES_MAX_ACTIONS=1');
    expect(plan.actions).toEqual(actions);
    const { output } = await endToEnd.run(['runs', id, '--plan', '--time-zone', 'Europe/Oslo']);
    expect(output).toMatch(/^held until .*REFRESH_TIMED_DEVICES_MAX_ACTIONS=1/m);
    expect(output.split('\n').filter((line) => /\d\d:\d\d +(due|late)/.test(line))).toHaveLength(
      actions.length,
    );
  });

  it('a held run whose plan can no longer be read says so, and how much of it is missing', async () => {
    const own = { ...held, CARETAKER_PREFIX: '{lost}' };
    const run = await endToEnd.run(['run', refresh, '--mode', 'enforce', '--json'], own);
    const report = run.json<Report>();
    const redis = new Redis(endToEnd.redis.socketPath);
    const key = `{lost}:caretaker-runs:${report.run.id}:processed`;
    for (const batch of await redis.hkeys(key)) await redis.hset(key, batch, '"nothing"');
    redis.disconnect();
    const shown = await endToEnd.run(['runs', report.run.id, '--plan', '--json'], own);
    expect(shown.code).toBe(1);
    expect(shown.json<Shown<ActionRow>>().actions).toEqual([]);
    expect(shown.errors).toContain(`planned ${report.actions.planned} actions, and 0 of them can be read`);
  });

  it('a held run of a job that plans from the roster shows its users and kinds, if the roster is still the same', async () => {
    const limits = { PURGE_WINDOWS_MAX_ACTIONS: '1', PURGE_WINDOWS_HOLD_ON: 'max-actions' };
    const run = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], limits);
    const { id } = run.json<Report>().run;
    const { people } = endToEnd.simulators;
    const shown = (await endToEnd.run(['runs', id, '--plan', '--json'])).json<Shown<UserRow>>();
    expect(shown).toMatchObject({ job: 'purge-windows', unit: null, selected: users });
    expect(shown.users).toEqual(
      Array.from({ length: users }, (_, index) => ({
        user: people.username(index),
        storage: people.storage(index),
        kinds: ['expired', 'waiting'],
      })),
    );
    const { output } = await endToEnd.run(['runs', id, '--plan']);
    expect(output).toMatch(/^user +storage +kinds$/m);
    expect(output.match(/expired, waiting$/gm)).toHaveLength(users);

    const other = await endToEnd.file('other.csv', 'username,userStorageName\nnobody,AD\n');
    const refused = await endToEnd.run(['runs', id, '--plan'], { CARETAKER_ROSTER: other });
    expect(refused).toMatchObject({ code: 1, output: '' });
    expect(refused.errors).toContain('The roster changed after the run counted its users');

    await rm(path, { force: true });
    await endToEnd.run(['plan', 'make', 'purge-windows', '--out', path]);
    const file = (await endToEnd.run(['plan', 'show', path, '--json'])).json<Shown<UserRow>>();
    expect(file.users).toEqual(shown.users);
  });

  it.each([
    [['runs', '--users'], '--users needs the id of a run.'],
    [['runs', 'nothing', '--plan'], 'No plan is kept of nothing'],
    [['plan', 'show', '/nowhere'], 'The plan /nowhere cannot be read'],
    [['plan', 'show', '-'], 'is empty'],
  ])('the command line says why %j shows no plan', async (words, told) => {
    const result = await endToEnd.run(words);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toContain(told);
  });
});

describe('a unit that nobody has set', () => {
  // The held runs of other tests are not in the way there.
  const unset = { REFRESH_TIMED_DEVICES_UNIT: '', CARETAKER_PREFIX: '{unset}' };
  const warning = 'REFRESH_TIMED_DEVICES_UNIT: is not set';

  it('a run that writes without a unit says so at its start, in its report and to people; one in observe only in its report', async () => {
    const run = ['run', refresh, '--json'];
    const observed = await endToEnd.run(run, unset);
    expect(observed.json<Report>().unit).toBe('assumed');
    expect(observed.errors).not.toContain(warning);
    const enforced = await endToEnd.run([...run, '--mode', 'enforce'], unset);
    expect(enforced.errors).toContain(warning);
    const { unit, run: facts } = enforced.json<Report>();
    expect(unit).toBe('assumed');
    const { output } = await endToEnd.run(['runs', facts.id], unset);
    expect(output).toMatch(/^unit: assumed/m);
    const purged = await endToEnd.run(['run', 'purge-windows', '--mode', 'enforce', '--json'], unset);
    expect(purged.json<Report>().unit).toBeNull();
    expect(purged.errors).not.toContain(warning);
  });

  it('a worker in enforce without a unit says so before it is ready', async () => {
    const worker = endToEnd.start(['worker'], { ...unset, CARETAKER_MODE: 'enforce' });
    await worker.says('worker ready');
    expect(worker.output()).toContain(warning);
    await worker.kill('SIGTERM');
  });
});

describe('a run that only observed', () => {
  // Elsewhere runs of these jobs are held.
  const apart = { CARETAKER_PREFIX: '{observed}' };
  const run = (words: readonly string[], own = {}) => endToEnd.run(words, { ...apart, ...own });
  const observe = async (job: string, own = {}) =>
    (await run(['run', job, '--json'], own)).json<Report>().run.id;

  it('a run that only observed shows to whom it would do what, as a plan file made at the same time does, page by page', async () => {
    const { actions } = await planned();
    const id = await observe(refresh);
    const shown = await run(['runs', id, '--users', '--json']);
    expect(shown).toMatchObject({ code: 0, errors: '' });
    expect(shown.json<Shown<ActionRow>>()).toMatchObject({ plan: id, held: null, selected: users, actions });
    const page = await run(['runs', 'latest', '--users', '--limit', '3', '--page', '2', '--json']);
    expect(page.json<Shown<ActionRow>>().actions).toEqual(actions?.slice(3, 6));
    expect(page.errors).toContain(`4 to 6 of ${actions?.length}. More: --page 3`);
  });

  it('a run that only observed keeps as much of its plan as CARETAKER_KEEP_PLANNED says, the soonest first', async () => {
    const { actions } = await planned();
    const few = await observe(refresh, { CARETAKER_KEEP_PLANNED: '2' });
    const shown = await run(['runs', few, '--users', '--json']);
    expect(shown.code).toBe(0);
    expect(shown.json<Shown<ActionRow>>().actions).toEqual(actions?.slice(0, 2));
    expect(shown.errors).toContain('the first 2 of them are kept (CARETAKER_KEEP_PLANNED)');
  });

  it('a run that only observed of a job that plans from the roster shows its users and kinds', async () => {
    const { people } = endToEnd.simulators;
    const id = await observe('purge-windows');
    const shown = await run(['runs', id, '--users', '--limit', '1', '--json']);
    const [user, storage] = [people.username(0), people.storage(0)];
    expect(shown.json<Shown<UserRow>>().users).toEqual([{ user, storage, kinds: ['expired', 'waiting'] }]);
    expect(shown.errors).toContain(`1 to 1 of ${users}. More: --page 2`);
  });
});
