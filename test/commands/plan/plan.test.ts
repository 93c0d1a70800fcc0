import { readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countWindows } from '../../../simulators/control/facts.ts';
import type { Device } from '../../../simulators/pointsharp/devices.ts';
import { runProgram } from '../../../src/commands/program/program.ts';
import { OperatorError } from '../../../src/domain/operator-error.ts';
import { makePlan, type PlanFile } from '../../../src/runs/plan-files/plan-file.ts';
import type { Report } from '../../../src/runs/report.ts';
import type { CommandResult } from '../../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../../support/end-to-end.ts';
import { canaries, dumpRedis } from '../canaries.ts';
import { openStreams } from '../streams.ts';

const users = 300;
const secrets = { password: 'PlanKanari0Zq1', handleKey: 'PlanKanari1Zq2', superoffice: 'PlanKanari2Zq3' };
const cage = canaries(secrets);
let endToEnd: EndToEnd;
let path: string;
let files = 0;

beforeAll(async () => {
  endToEnd = await openEndToEnd({
    users,
    frozen: true,
    pointsharpAuth: { kind: 'basic', username: 'svc', password: secrets.password },
  });
  Object.assign(endToEnd.environment, {
    POINTSHARP_AUTH: 'basic',
    POINTSHARP_USERNAME: 'svc',
    POINTSHARP_PASSWORD: secrets.password,
    SUPEROFFICE_HANDLE_KEY: secrets.handleKey,
    SUPEROFFICE_PASSWORD: secrets.superoffice,
  });
});
afterAll(() => endToEnd.close());
beforeEach(() => {
  const { pointsharp } = endToEnd.simulators;
  endToEnd.simulators.reset();
  pointsharp.traffic.reset();
  pointsharp.faults.remove();
  pointsharp.faults.latencyMs = 0;
  files += 1;
  path = join(endToEnd.folder, `plan-${files}.json`);
});

/** Nobody listens there: a plan needs no Redis. */
const noRedis = { REDIS_URL: 'redis://127.0.0.1:9' };

/** A command line in this process: what a command throws is thrown. */
async function inside(words: readonly string[], extra: Record<string, string> = {}): Promise<CommandResult> {
  const streams = openStreams(false, { ...endToEnd.environment, ...noRedis, ...extra });
  const code = await runProgram(streams.context, '0', words);
  const output = streams.output();
  const errors = streams.errors();
  expect(cage.sung(output + errors)).toEqual([]);
  return { code, output, errors, json: () => JSON.parse(output) };
}

const plan = (words: readonly string[], extra: Record<string, string> = {}) =>
  inside(['plan', ...words], extra);

async function planned(): Promise<PlanFile> {
  const text = await readFile(path, 'utf8');
  expect(cage.sung(text)).toEqual([]);
  return JSON.parse(text);
}

const refreshPlan = () => plan(['refresh-timed-devices', '--out', path, '--json']);
/** A command line that needs Redis. */
const withRedis = (words: readonly string[], extra: Record<string, string> = {}) =>
  inside(words, { REDIS_URL: endToEnd.redis.url, ...extra });

const apply = (extra?: Record<string, string>) =>
  withRedis(['apply', path, '--mode', 'enforce', '--json'], extra);

/** A plan with a fingerprint that fits its content, whatever that is. */
function remake({ caretaker: _, version: __, fingerprint: ___, ...content }: PlanFile): string {
  return JSON.stringify(makePlan(content));
}

/** The requests that arrived, by operation. */
const requests = () => endToEnd.simulators.pointsharp.traffic.facts().byOperation;

function personCalled(username: string | undefined): number {
  for (let index = 0; index < users; index += 1) {
    if (endToEnd.simulators.people.username(index) === username) return index;
  }
  throw new Error(`nobody is called ${username}`);
}

const keyOf = (person: number, device: string) => `${person} ${device}`;

/** The devices whose time-out is another than before. */
function changedSince(before: ReadonlyMap<number, readonly Device[]>): string[] {
  const { world } = endToEnd.simulators.pointsharp;
  return [...before].flatMap(([person, devices]) => {
    const after = new Map(world.devices(person).map(({ id, timeout }) => [id, timeout]));
    const changed = devices.filter(({ id, timeout }) => after.has(id) && after.get(id) !== timeout);
    return changed.map(({ id }) => keyOf(person, id));
  });
}

/** What a run in observe, which knows nothing of plan files, would do. */
async function observed(job: string): Promise<Report> {
  const report = (await withRedis(['run', job, '--json', '--mode', 'observe'])).json<Report>();
  endToEnd.simulators.pointsharp.traffic.reset();
  return report;
}

describe('a plan to refresh devices', () => {
  it('lists without a write what a run would do, in a private file that holds no secret', async () => {
    const { actions, kept } = await observed('refresh-timed-devices');
    const result = await endToEnd.run(['plan', 'refresh-timed-devices', '--out', path, '--json'], noRedis);
    expect(result.code).toBe(0);
    const file = await planned();
    expect(result.json()).toMatchObject({
      job: 'refresh-timed-devices',
      file: path,
      fingerprint: file.fingerprint,
      gate: 'pass',
      users: { selected: users, inspected: users, failed: 0 },
      actions: { planned: actions.planned },
      kept,
      requests: users,
    });
    expect(actions.planned).toBeGreaterThan(50);
    expect(file.actions).toHaveLength(actions.planned);
    expect(file.users).toBeUndefined();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(requests()).toEqual({ 'GET Device': users });
  });

  it('a plan to refresh devices is applied to the letter: each device is read again, and what changed or is gone is skipped', async () => {
    await refreshPlan();
    const { actions = [], fingerprint } = await planned();
    const { world, traffic } = endToEnd.simulators.pointsharp;
    const [changed, gone, ...others] = actions;
    world.updateTime(personCalled(changed?.user.username), changed?.subject ?? '');
    world.removeDevice(personCalled(gone?.user.username), gone?.subject ?? '');
    const before = world.snapshotDevices();
    traffic.reset();

    const result = await apply();
    expect(result.code).toBe(0);
    const report = result.json<Report>();
    expect(report.run).toMatchObject({ mode: 'enforce', trigger: 'command', status: 'completed' });
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(report.actions).toEqual({
      planned: actions.length,
      applied: others.length,
      skipped: 2,
      failed: 0,
      notReached: 0,
    });
    expect(changedSince(before).sort()).toEqual(
      others.map(({ user, subject }) => keyOf(personCalled(user.username), subject)).sort(),
    );
    expect(requests()['PUT Device/UpdateTime']).toBe(others.length);
    for (const reason of ['changed', 'gone']) {
      expect(result.errors).toMatch(new RegExp(`"reason":"${reason}","msg":"action skipped"`));
    }
    expect(result.errors).toContain(`"plan":"${fingerprint}"`);
  });

  it('a plan to refresh devices changes nothing when it is applied a second time', async () => {
    await refreshPlan();
    const { actions = [] } = await planned();
    expect((await apply()).json<Report>().actions).toMatchObject({ applied: actions.length });
    endToEnd.simulators.pointsharp.traffic.reset();
    const again = await apply();
    const report = again.json<Report>();
    expect(report.actions).toMatchObject({ applied: 0, skipped: actions.length });
    expect(requests()).toEqual({ 'GET Device': actions.length });
    // Nobody planned anew, so nothing can have been planned in vain.
    expect(report.ineffective).toBe(0);
    expect(again.errors).not.toContain('actions without effect');
  });

  it('records what it applied for the next run that plans by itself', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    faults.add({ kind: 'status', status: 200, operation: 'PUT Device/UpdateTime' });
    const unread = { REFRESH_TIMED_DEVICES_VERIFY: 'none', CARETAKER_PREFIX: '{in-vain}' };
    await refreshPlan();
    for (let time = 0; time < 2; time += 1) {
      const { actions, ineffective } = (await apply(unread)).json<Report>();
      expect(actions.applied).toBe(actions.planned);
      expect(ineffective).toBe(0);
    }
    const run = ['run', 'refresh-timed-devices', '--json', '--mode', 'enforce'];
    const { actions, ineffective } = (await withRedis(run, unread)).json<Report>();
    expect(actions.planned).toBeGreaterThan(50);
    expect(ineffective).toBe(actions.planned);
  });

  it('a plan to refresh devices goes from standard output to standard input, and leaves only its fingerprint in the log', async () => {
    const name = endToEnd.simulators.people.username(7);
    const made = await endToEnd.run(['plan', 'refresh-timed-devices', '--out', '-', '--user', name], noRedis);
    expect(made.code).toBe(0);
    const { selected, users: named, fingerprint } = JSON.parse(made.output) as PlanFile;
    expect(selected).toBe(1);
    expect(named).toMatchObject([{ username: name, userStorageName: endToEnd.simulators.people.storage(7) }]);
    expect(made.errors).toContain('. Apply it before ');

    const result = await endToEnd.run(
      ['apply', '-', '--mode', 'enforce', '--requested-by', 'kari'],
      {},
      made.output,
    );
    expect(result.code).toBe(0);
    expect(result.errors).toMatch(
      /applying in enforce: refresh-timed-devices as planned at \d{4}-\d\d-\d\d \d\d:\d\d UTC for 1 users/,
    );
    const [run] = (await withRedis(['runs', '--json'])).json<Report[]>();
    expect(run).toMatchObject({ run: { requestedBy: 'kari', mode: 'enforce' }, users: { selected: 1 } });
    const redis = new Redis(endToEnd.redis.socketPath);
    const data = await redis.hget(`{caretaker}:caretaker-runs:${run?.run.id}`, 'data');
    const dump = await dumpRedis(redis);
    redis.disconnect();
    expect(result.errors).toContain(fingerprint);
    expect(JSON.parse(data ?? '')).toMatchObject({ run: run?.run.id, users: 1 });
    expect(data).not.toContain('"actions"');
    expect(cage.sung(dump)).toEqual([]);
  });

  it('a plan to refresh devices of named users leaves out those who could not be read', async () => {
    const [kari = '', ola = ''] = [3, 4].map((index) => endToEnd.simulators.people.username(index));
    endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 400, username: ola });
    const words = ['refresh-timed-devices', '--out', path, '--user', kari, ola];
    expect((await plan(words, { REFRESH_TIMED_DEVICES_MAX_UNREADABLE: '0.5' })).code).toBe(1);
    expect(await planned()).toMatchObject({ selected: 1, users: [{ username: kari }] });
    const limits = { REFRESH_TIMED_DEVICES_MAX_SHARE: '1' };
    expect((await apply(limits)).json<Report>()).toMatchObject({
      run: { status: 'completed' },
      users: { selected: 1, inspected: 1, failed: 0 },
    });
  });

  it('a plan to refresh devices is stopped by a limit like any run, as the command plan said beforehand', async () => {
    const limit = { REFRESH_TIMED_DEVICES_MAX_ACTIONS: '3' };
    const made = await plan(['refresh-timed-devices', '--out', path], limit);
    expect(made.code).toBe(4);
    expect(made.output).toMatch(/applied now, it would be stopped: .*MAX_ACTIONS/);
    const result = await apply(limit);
    expect(result.code).toBe(4);
    expect(result.json<Report>().run).toMatchObject({
      status: 'stopped',
      reason: expect.stringMatching(/MAX_ACTIONS/),
    });
    expect(requests()).toEqual({ 'GET Device': users });
  });

  it('predicts what the gate of its run decides, which knows only the users that could be read', async () => {
    const refused = endToEnd.simulators.people.username(11);
    endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 400, username: refused });
    const { actions } = (await refreshPlan()).json<{ actions: { users: number } }>();
    await rm(path);
    const share = { REFRESH_TIMED_DEVICES_MAX_SHARE: String(actions.users / users) };
    const made = await plan(['refresh-timed-devices', '--out', path, '--json'], share);
    const { gate, reason } = made.json<{ gate: string; reason: string }>();
    const { run } = (await apply(share)).json<Report>();
    expect(run.status).toBe('stopped');
    expect([gate, reason]).toEqual(['stop', run.reason]);
  });

  it('a plan to refresh devices is held by a limit like any run; approved, it is applied by a worker that never saw the file', async () => {
    const limit = {
      REFRESH_TIMED_DEVICES_MAX_ACTIONS: '3',
      REFRESH_TIMED_DEVICES_HOLD_ON: 'max-actions',
    };
    await plan(['refresh-timed-devices', '--out', path], limit);
    const { actions = [] } = await planned();
    const result = await apply(limit);
    expect(result.code).toBe(3);
    const { run } = result.json<Report>();
    await rm(path);
    const worker = endToEnd.start(['worker'], { CARETAKER_MODE: 'enforce' });
    await worker.says('worker ready');
    await withRedis(['approve', run.id]);
    await worker.says('run finished');
    await worker.kill('SIGTERM');
    const report = (await withRedis(['runs', run.id, '--json'])).json<Report>();
    expect(report.run.status).toBe('completed');
    expect(report.actions).toMatchObject({ planned: actions.length, applied: actions.length });
    expect(requests()['PUT Device/UpdateTime']).toBe(actions.length);
  });
});

describe('a plan to purge windows', () => {
  it('a plan to purge windows asks the vendor nothing, and is applied to its users whatever the roster says now', async () => {
    const result = await plan(['purge-windows', '--out', path, '--json']);
    expect(result.code).toBe(0);
    expect(result.json()).toMatchObject({ actions: { planned: 2 * users, users }, requests: 0 });
    expect(requests()).toEqual({});
    const file = await planned();
    expect(file.users).toHaveLength(users);
    expect(file.actions).toBeUndefined();

    const before = countWindows(endToEnd.simulators.pointsharp.world);
    expect(before.roster.expired).toBeGreaterThan(0);
    const other = await endToEnd.file('other.csv', 'username,userStorageName\nnobody,AD\n');
    const report = (await apply({ CARETAKER_ROSTER: other })).json<Report>();
    expect(report.run.status).toBe('completed');
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(report.actions).toMatchObject({ planned: 2 * users, applied: 2 * users });
    expect(report.roster).toEqual({ rows: users, rejected: 0 });
    expect(requests()).toEqual({
      'DELETE Device/Windows/Expired': users,
      'DELETE Device/Windows/Waiting': users,
    });
    const after = countWindows(endToEnd.simulators.pointsharp.world);
    expect([after.roster.expired, after.roster.waiting]).toEqual([0, 0]);
    const others = ({ total, roster }: typeof before) => total.expired - roster.expired;
    expect(others(after)).toBe(others(before));
  });

  it('a plan to purge windows is applied by a worker after an approval only if the roster still has its users', async () => {
    const held = {
      PURGE_WINDOWS_MAX_ACTIONS: '3',
      PURGE_WINDOWS_HOLD_ON: 'max-actions',
      CARETAKER_PREFIX: '{held-purge}',
    };
    await plan(['purge-windows', '--out', path], held);
    const other = await endToEnd.file('other.csv', 'username,userStorageName\nnobody,AD\n');
    for (const [roster, status, applied] of [
      [other, 'stopped', 0],
      [endToEnd.environment.CARETAKER_ROSTER ?? '', 'completed', 2 * users],
    ] as const) {
      const { run } = (await apply(held)).json<Report>();
      expect(run.status).toBe('held');
      const worker = endToEnd.start(['worker'], {
        ...held,
        CARETAKER_MODE: 'enforce',
        CARETAKER_ROSTER: roster,
      });
      await worker.says('worker ready');
      await withRedis(['approve', run.id], held);
      await worker.says('run finished');
      await worker.kill('SIGTERM');
      const report = (await withRedis(['runs', run.id, '--json'], held)).json<Report>();
      expect(report.run.status).toBe(status);
      expect(report.actions.applied).toBe(applied);
    }
  });

  it('keeps to the quiet hours at its planning, and to those at each write', async () => {
    // Quiet was it six hours ago, when the plan is said to have been made.
    const hour = (hoursAgo: number) => `${(new Date().getUTCHours() + 24 - hoursAgo) % 24}`.padStart(2, '0');
    const quiet = { PURGE_WINDOWS_QUIET_HOURS: `${hour(7)}:00-${hour(4)}:00 UTC` };
    const made = await plan(['purge-windows', '--out', path, '--json'], quiet);
    expect(made.json()).toMatchObject({
      actions: { planned: users },
      kept: { 'outside-quiet-hours': users },
    });
    const file = await planned();
    const plannedAt = new Date(Date.parse(file.plannedAt) - 6 * 3_600_000).toISOString();
    await endToEnd.file(`plan-${files}.json`, remake({ ...file, plannedAt }));
    const report = (await apply(quiet)).json<Report>();
    expect(report.actions).toMatchObject({ planned: 2 * users, applied: users, skipped: users });
    expect(requests()).toEqual({ 'DELETE Device/Windows/Expired': users });
  });

  it('a plan to purge windows of named users does not count as a plan of the whole roster, for its run and for later ones', async () => {
    for (let run = 0; run < 2; run += 1) {
      expect((await withRedis(['run', 'purge-windows', '--json', '--mode', 'enforce'])).code).toBe(0);
    }
    endToEnd.simulators.pointsharp.traffic.reset();
    const names = [3, 4].map((index) => endToEnd.simulators.people.username(index));
    await plan(['purge-windows', '--out', path, '--user', ...names]);
    const report = (await apply()).json<Report>();
    expect(report.run.status).toBe('completed');
    expect(report.users.selected).toBe(2);
    expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(4);
    expect([3, 4].map((index) => endToEnd.simulators.pointsharp.traffic.requestsAbout(index))).toEqual([
      2, 2,
    ]);
    // Were it the last run to compare with, the whole roster would be a growth.
    const whole = ['run', 'purge-windows', '--json', '--mode', 'enforce'];
    expect((await withRedis(whole, { PURGE_WINDOWS_HISTORY: '1' })).code).toBe(0);
  });

  it('counts the rows that were no users, in its output and in the report', async () => {
    const { people } = endToEnd.simulators;
    const roster = await endToEnd.file(
      'bad.csv',
      `username,userStorageName,associateId\n"${people.username(0)}",${people.storage(0)},\n,AD,\nx,AD\n`,
    );
    const made = await plan(['purge-windows', '--out', path, '--json'], { CARETAKER_ROSTER: roster });
    expect(made.code).toBe(1);
    expect(made.json()).toMatchObject({
      roster: { rows: 3, rejected: 2 },
      failures: [{ user: 'roster line 3' }, { user: 'roster line 4' }],
    });
    // One user is far less than the median of the runs by now.
    const result = await apply({ PURGE_WINDOWS_SHRINK_FACTOR: '0' });
    expect(result.code).toBe(1);
    expect(result.json<Report>()).toMatchObject({
      users: { selected: 1, inspected: 1 },
      roster: { rows: 3, rejected: 2 },
    });
  });
});

describe('no plan', () => {
  async function expectNoFile(): Promise<void> {
    await expect(stat(path)).rejects.toThrow('ENOENT');
  }

  it('no plan is made of an empty roster', async () => {
    const roster = await endToEnd.file('empty.csv', 'username\n');
    const result = await plan(['purge-windows', '--out', path], { CARETAKER_ROSTER: roster });
    expect(result.code).toBe(4);
    expect(result.output).toMatch(/no plan was written: the roster has no user/);
    await expectNoFile();
  });

  it('no plan is made when too many users cannot be read; a few are counted and left out', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    const refused = endToEnd.simulators.people.username(11);
    faults.add({ kind: 'status', status: 400, username: refused });
    const few = await plan(['refresh-timed-devices', '--out', path, '--json']);
    expect(few.code).toBe(1);
    expect(few.json()).toMatchObject({
      gate: 'pass',
      users: { selected: users, inspected: users - 1, failed: 1 },
      failures: [{ user: refused }],
    });
    expect(await planned()).toMatchObject({ selected: users - 1 });
    await rm(path);

    faults.add({ kind: 'status', status: 400, share: 0.5 });
    const many = await plan(['refresh-timed-devices', '--out', path, '--json']);
    expect(many.code).toBe(4);
    expect(many.json()).toMatchObject({ file: null, fingerprint: null, gate: 'hold' });
    expect(many.json<{ reason: string }>().reason).toContain('MAX_UNREADABLE');
    await expectNoFile();
  });

  it('no plan is made when the vendor fails for good, but one is when it fails now and then', async () => {
    const { faults } = endToEnd.simulators.pointsharp;
    faults.add({ kind: 'status', status: 500, share: 0.1 });
    expect((await refreshPlan()).code).toBe(0);
    await rm(path);
    faults.add({ kind: 'status', status: 401 });
    endToEnd.simulators.pointsharp.traffic.reset();
    await expect(refreshPlan()).rejects.toMatchObject({
      remedy: 'stop-run',
      message: expect.stringContaining('POINTSHARP_'),
    });
    await expectNoFile();
  });

  it('no plan is left behind by a planning that is interrupted', async () => {
    endToEnd.simulators.pointsharp.faults.add({ kind: 'silence' });
    const child = endToEnd.start(['plan', 'refresh-timed-devices', '--out', path]);
    while (endToEnd.simulators.pointsharp.traffic.facts().requests === 0) await new Promise(setImmediate);
    const result = await child.kill('SIGTERM');
    expect(result).toMatchObject({ code: 4, output: '' });
    expect(result.errors).toContain('Planning was interrupted. No plan was written.');
    await expectNoFile();
  });

  it.each([
    ['of a job that only reads', ['audit-pocket'], 'only reads'],
    ['of a job that is not there', ['purge'], 'There is no job purge.'],
    [
      'into a directory that is not there',
      ['purge-windows', '--out', '/not/there/plan.json'],
      'no such file or directory (ENOENT). Name a file in a directory',
    ],
    ['to standard output beside --json', ['purge-windows', '--out', '-', '--json'], 'Name a file'],
    ['over a directory', ['purge-windows', '--out', '/'], 'file exists (EEXIST). Name another file'],
    ['of nobody', ['purge-windows', '--user', 'nobody at all'], 'has no user nobody at all.'],
  ])('no plan is made %s', async (_what, words, message) => {
    const line = words.includes('--out') ? words : [...words, '--out', path];
    await expect(plan(line)).rejects.toMatchObject({ name: 'UsageError' });
    await expect(plan(line)).rejects.toThrow(message);
    expect(requests()).toEqual({});
    await expectNoFile();
  });

  it('no plan is opened before the users named by hand were found', async () => {
    const name = endToEnd.simulators.people.username(3);
    let meanwhile: unknown;
    async function* roster(): AsyncGenerator<string> {
      yield `username\n"${name}"\n`;
      meanwhile = await stat(path).catch(() => 'nothing there');
    }
    const { context } = openStreams(false, { ...endToEnd.environment, ...noRedis, CARETAKER_ROSTER: '-' });
    const input = Readable.from(roster());
    const words = ['plan', 'purge-windows', '--out', path, '--user', name];
    expect(await runProgram({ ...context, input }, '0', words)).toBe(0);
    expect(meanwhile).toBe('nothing there');
    expect(await planned()).toMatchObject({ users: [{ username: name }] });
  });

  it('no plan replaces another', async () => {
    await endToEnd.file(`plan-${files}.json`, 'somebody looked at this');
    const result = await endToEnd.run(['plan', 'purge-windows', '--out', path]);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(
      /^caretaker: The plan cannot be written to .*: file exists \(EEXIST\)\. Name another file: .* is not replaced\.\n$/,
    );
    expect(await readFile(path, 'utf8')).toBe('somebody looked at this');
    const [link, target] = [`${path}.link`, `${path}.target`];
    await symlink(target, link);
    const followed = await endToEnd.run(['plan', 'purge-windows', '--out', link]);
    expect(followed).toMatchObject({ code: 2, output: '' });
    await expect(readFile(target)).rejects.toThrow('ENOENT');
  });
});

it('caretaker plan keeps to the requests per second also without Redis', async () => {
  const names = Array.from({ length: 60 }, (_, index) => endToEnd.simulators.people.username(index));
  await plan(['refresh-timed-devices', '--out', path, '--user', ...names], {
    POINTSHARP_REQUESTS_PER_SECOND: '40',
  });
  const { arrivals, requests: sent } = endToEnd.simulators.pointsharp.traffic.facts();
  expect(sent).toBe(60);
  for (const count of Object.values(arrivals)) expect(count).toBeLessThanOrEqual(44);
});

it('caretaker plan makes a plan although the vendor asks for a pause again and again, as long as it goes on in between', async () => {
  const headers = { 'Retry-After': '0' };
  endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 429, share: 0.1, headers });
  const result = await plan(['refresh-timed-devices', '--out', path, '--json'], {
    CARETAKER_BATCH_ATTEMPTS: '3',
    CARETAKER_RETRY_DELAY: 'PT0.01S',
  });
  expect(result.code).toBe(0);
  expect(await planned()).toMatchObject({ selected: users });
});

describe('a plan is refused', () => {
  let text: string;
  let content: PlanFile;
  beforeAll(async () => {
    const file = join(endToEnd.folder, 'refused.json');
    await plan(['purge-windows', '--out', file]);
    text = await readFile(file, 'utf8');
    content = JSON.parse(text);
  });

  const remade = (changes: Partial<PlanFile>) => remake({ ...content, ...changes });
  const daysAgo = (days: number) => new Date(Date.parse(content.plannedAt) - days * 86_400_000).toISOString();

  const cases: [what: string, text: () => string, message: RegExp, extra?: Record<string, string>][] = [
    ['that is empty', () => '', /is empty/],
    ['that is a roster', () => 'username\nkari\n', /is not a complete JSON document/],
    ['that was cut off', () => text.slice(0, text.length / 2), /was cut off/],
    [
      'that was edited by hand',
      () => text.replace(/"username": "/, '"username": "x'),
      /fingerprint does not match/,
    ],
    ['of another version', () => JSON.stringify({ ...content, version: 1 }), /has version 1/],
    ['of a job that is not there', () => remade({ job: 'water-plants' }), /There is no job water-plants\./],
    ['of another job', () => remade({ job: 'refresh-timed-devices' }), /is not a consistent plan of refresh/],
    ['of a job that only reads', () => remade({ job: 'audit-pocket' }), /only reads/],
    ['for another vendor', () => remade({ address: 'http://127.0.0.1/api/' }), /is for the vendor at/],
    [
      'that is too old',
      () => remade({ plannedAt: daysAgo(2) }),
      /longer ago than PT24H .*CARETAKER_PLAN_MAX_AGE/,
    ],
    ['from the future', () => remade({ plannedAt: daysAgo(-1) }), /is in the future/],
    [
      'older than the setting',
      () => text,
      /longer ago than PT0\.001S/,
      { CARETAKER_PLAN_MAX_AGE: 'PT0.001S' },
    ],
    [
      'of a job that is switched off',
      () => text,
      /switched off by PURGE_WINDOWS_ENABLED=false/,
      { PURGE_WINDOWS_ENABLED: 'false' },
    ],
    [
      'of another policy',
      () => text,
      /PURGE_WINDOWS_KINDS: expired,waiting then, expired now/,
      { PURGE_WINDOWS_KINDS: 'expired' },
    ],
  ];

  it.each(cases)(
    'a plan %s is refused, and the vendor is asked nothing',
    async (_what, write, message, extra) => {
      const file = await endToEnd.file('tried.json', write());
      const refused = inside(['apply', file, '--mode', 'enforce'], extra);
      await expect(refused).rejects.toBeInstanceOf(OperatorError);
      await expect(refused).rejects.toMatchObject({ exitCode: 2 });
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toThrow(/^[^\n]*$/);
      expect(endToEnd.simulators.pointsharp.traffic.facts().requests).toBe(0);
    },
  );

  it.each([
    ['that is not there', '/not/there/plan.json', 'no such file or directory (ENOENT). Check the path'],
    ['that is a directory', '/', 'is a directory (EISDIR). Check the path'],
  ])('a plan file %s is refused', async (_what, file, message) => {
    const refused = inside(['apply', file, '--mode', 'enforce']);
    await expect(refused).rejects.toThrow(`The plan ${file} cannot be read: `);
    await expect(refused).rejects.toThrow(message);
  });

  it('a plan is refused in one line, with exit code 2', async () => {
    const file = await endToEnd.file('tried.json', text.slice(0, text.length / 2));
    const result = await endToEnd.run(['apply', file, '--mode', 'enforce']);
    expect(result).toMatchObject({ code: 2, output: '' });
    expect(result.errors).toMatch(/^caretaker: The plan [^\n]* was cut off [^\n]*\n$/);
  });
});
