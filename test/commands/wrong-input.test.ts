import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../simulators/http/faults.ts';
import type { Report } from '../../src/runs/report.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 60;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  const { faults, switches, traffic } = endToEnd.simulators.pointsharp;
  faults.remove();
  switches.clear();
  traffic.reset();
  endToEnd.simulators.reset();
});

const quick = {
  CARETAKER_MODE: 'enforce',
  CARETAKER_BATCH_ATTEMPTS: '2',
  CARETAKER_OUTAGE_PATIENCE: 'PT0.3S',
  PURGE_WINDOWS_BATCH_SIZE: '20',
  REFRESH_TIMED_DEVICES_BATCH_SIZE: '20',
};

async function purge(extra: Record<string, string> = {}): Promise<{ code: number | null; report: Report }> {
  const result = await endToEnd.run(['run', 'purge-windows', '--json'], { ...quick, ...extra });
  return { code: result.code, report: result.json<Report>() };
}

/** Nobody is lost: everybody selected and everything planned is counted once. */
function expectBalance({ users, actions }: Report): void {
  expect(users.selected).toBe(users.inspected + users.failed + users.notReached);
  expect(actions.planned).toBe(actions.applied + actions.skipped + actions.failed + actions.notReached);
}

describe('configuration', () => {
  it('a command names every wrong and unknown variable at once, with what was expected, and exits 2', async () => {
    const wrong = {
      REDIS_URL: 'http://x',
      LOG_LEVEL: 'loud',
      CARETAKER_MODE: 'force',
      CARETAKER_PREFIX: 'a b',
      CARETAKER_DRAIN_TIMEOUT: '25s',
      POINTSHARP_URL: 'pointsharp',
      POINTSHARP_AUTH: 'magic',
      POINTSHARP_REQUESTS_IN_FLIGHT: '0',
      SUPEROFFICE_CA_FILE: '/not/there.pem',
      SUPEROFFICE_REQUEST_TIMEOUT: 'P0D',
      PURGE_WINDOWS_KINDS: 'open',
      PURGE_WINDOWS_QUIET_HOURS: '22-5',
      PURGE_WINDOWS_MAX_SHARE: '2',
      REFRESH_TIMED_DEVICES_UNIT: 'weeks',
      REFRESH_TIMED_DEVICES_STATES: 'ok',
      REFRESH_TIMED_DEVICES_EXCLUDE: '(',
      REFRESH_TIMED_DEVICES_SCHEDULE: 'daily',
      AUDIT_POCKET_MIN_OS: 'ios',
      AUDIT_POCKET_TIME_ZONE: 'Mars/Olympus',
      AUDIT_POCKET_ENABLED: 'yes',
      CARETAKER_RETRY_DELEY: 'PT1S',
    };
    const result = await runCaretaker(['worker'], wrong);
    expect(result).toMatchObject({ code: 2, output: '' });
    for (const variable of Object.keys(wrong)) expect(result.errors).toContain(`  ${variable}: `);
    expect(result.errors).toContain('did you mean CARETAKER_RETRY_DELAY?');
    expect(result.errors).not.toContain('    at ');
  });

  it('reports in one line that no roster is set, or that its file does not exist', async () => {
    const { CARETAKER_ROSTER: _, ...environment } = endToEnd.environment;
    const unset = await runCaretaker(['run', 'purge-windows'], environment);
    expect(unset).toMatchObject({ code: 2, output: '' });
    expect(unset.errors).toContain('CARETAKER_ROSTER');
    const missing = await endToEnd.run(['run', 'purge-windows'], { CARETAKER_ROSTER: '/not/there.csv' });
    expect(missing).toMatchObject({ code: 2, output: '' });
    expect(missing.errors).toContain('The roster /not/there.csv cannot be read: no such file or directory');
  });
});

describe('a roster with bad rows', () => {
  it('a run reports five bad rows among a thousand with their lines and does the other 995', async () => {
    const large = await openEndToEnd({ users: 1000 });
    try {
      const { people } = large.simulators;
      const rows = Array.from({ length: 1000 }, (_, index) => {
        const name = `"${people.username(index).replaceAll('"', '""')}"`;
        return [name, people.storage(index), String(people.associateId(index))].join(',');
      });
      const bad = new Map([
        [10, ',AD,5'],
        [200, 'x,AD'],
        [201, rows[0] ?? ''],
        [500, 'a"b,AD,7'],
        [999, 'y,AD,7,8,9'],
      ]);
      for (const [index, row] of bad) rows[index] = row;
      const roster = await large.file(
        'bad.csv',
        `username,userStorageName,associateId\n${rows.join('\n')}\n`,
      );
      const result = await large.run(['run', 'purge-windows', '--json'], {
        ...quick,
        CARETAKER_ROSTER: roster,
      });
      const report = result.json<Report>();
      expect(result.code).toBe(1);
      expect(report.run.status).toBe('completed');
      expect(report.roster).toEqual({ rows: 1000, rejected: 5 });
      expect(report.users).toEqual({ selected: 995, inspected: 995, failed: 0, notReached: 0, notAsked: 0 });
      expect(report.actions.applied).toBe(2 * 995);
      for (const index of bad.keys()) {
        expect(report.failures.map(({ user }) => user)).toContain(`roster line ${index + 2}`);
        expect(result.errors).toContain(`"line":${index + 2}`);
      }
    } finally {
      await large.close();
    }
  });

  it('the gate stops a run whose roster has no user', async () => {
    const roster = await endToEnd.file('empty.csv', 'username\n');
    const { code, report } = await purge({ CARETAKER_ROSTER: roster });
    expect(code).toBe(4);
    expect(report.run).toMatchObject({
      status: 'stopped',
      reason: expect.stringContaining('the roster has no user'),
    });
  });
});

describe('a vendor that fails', () => {
  const cases: [name: string, fault: Omit<Fault, 'vendor'>, reason: RegExp, status: string][] = [
    ['answers 401', { kind: 'status', status: 401 }, /POINTSHARP_AUTH|POINTSHARP_USERNAME/, 'stopped'],
    ['answers 403', { kind: 'status', status: 403 }, /configuration/i, 'stopped'],
    ['answers 405', { kind: 'status', status: 405 }, /version/i, 'stopped'],
    ['answers 500', { kind: 'status', status: 500 }, /500/, 'stopped'],
    ['answers an HTML page', { kind: 'html', status: 200 }, /HTML|page/, 'stopped'],
    ['breaks the connection', { kind: 'reset' }, /POINTSHARP_URL|try|again|network/i, 'stopped'],
    [
      'does not answer within the time-out',
      { kind: 'silence' },
      /POINTSHARP_REQUEST_TIMEOUT|time/i,
      'stopped',
    ],
  ];

  it.each(cases)(
    'a failing vendor ends a run with a status and what to do when it %s',
    async (_name, fault, reason, status) => {
      endToEnd.simulators.pointsharp.faults.add(fault as Fault);
      const { code, report } = await purge({
        POINTSHARP_REQUEST_TIMEOUT: 'PT0.3S',
        CARETAKER_BATCH_ATTEMPTS: '1',
      });
      expect(report.run).toMatchObject({ status, reason: expect.stringMatching(reason) });
      expect(code).toBe(4);
      expectBalance(report);
      expect(report.users).toMatchObject({ selected: users, notReached: users });
      expect(report.actions).toMatchObject({ planned: 2 * users, applied: 0, notReached: 2 * users });
    },
  );

  it('a vendor that truncates its JSON ends a run with a reason, and nobody is lost', async () => {
    endToEnd.simulators.pointsharp.faults.add({ kind: 'truncated' });
    const result = await endToEnd.run(['run', 'refresh-timed-devices', '--json'], quick);
    const report = result.json<Report>();
    expect(result.code).toBe(4);
    expect(report.run.reason).toMatch(/JSON/);
    expectBalance(report);
    expect(report.users.selected).toBe(users);
  });

  it('ends a run with a reason when the address refuses the connection', async () => {
    const { code, report } = await purge({ POINTSHARP_URL: 'http://127.0.0.1:9/api/' });
    expect(code).toBe(4);
    expect(report.run.reason).toMatch(/POINTSHARP_URL/);
    expectBalance(report);
    expect(report.users.notReached).toBe(users);
  });

  it('a run fails one user whom the vendor refuses, and does all others', async () => {
    const username = endToEnd.simulators.people.username(11);
    endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 400, username });
    const { code, report } = await purge();
    expect(code).toBe(1);
    expect(report.run.status).toBe('completed');
    expect(report.users).toEqual({
      selected: users,
      inspected: users - 1,
      failed: 1,
      notReached: 0,
      notAsked: 0,
    });
    expect(report.actions).toMatchObject({ applied: 2 * (users - 1), failed: 2 });
    expect(report.failures[0]?.user).toBe(username);
  });

  it('a run does everything in the end when one request in ten fails', async () => {
    endToEnd.simulators.pointsharp.faults.add({ kind: 'status', status: 500, share: 0.1 });
    const { code, report } = await purge({ CARETAKER_BATCH_ATTEMPTS: '20' });
    expect(code).toBe(0);
    expect(report.actions).toEqual({
      planned: 2 * users,
      applied: 2 * users,
      skipped: 0,
      failed: 0,
      notReached: 0,
    });
    // A retry does only what is still lacking: every write that was applied was counted once.
    const { byStatus } = endToEnd.simulators.pointsharp.traffic.facts();
    expect(byStatus['200']).toBe(2 * users);
  });
});

describe('a Redis that is not there', () => {
  it('a Redis that is not there is reported in one line, and a command exits 2', async () => {
    for (const words of [['run', 'purge-windows'], ['trigger', 'purge-windows'], ['runs'], ['schedules']]) {
      const result = await endToEnd.run(words, { REDIS_URL: 'redis://user:hidden@127.0.0.1:9' });
      expect(result).toMatchObject({ code: 2, output: '' });
      expect(result.errors).toMatch(/Redis at redis:\/\/127\.0\.0\.1:9.* is not available: .*REDIS_URL/);
      expect(result.errors).not.toContain('hidden');
    }
  });

  it('a Redis that is not there is reported within seconds also when a server accepts the connection and never answers', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const result = await endToEnd.run(['runs'], { REDIS_URL: `redis://127.0.0.1:${port}` });
    mute.close();
    expect(result.code).toBe(2);
    expect(result.errors).toContain('is not available');
  });
});
