import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

const users = 30;
let endToEnd: EndToEnd;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
});
afterAll(() => endToEnd.close());
afterEach(() => {
  endToEnd.simulators.pointsharp.traffic.reset();
  endToEnd.simulators.superoffice.traffic.reset();
});

const head = 'username,userStorageName,associateId';

function rows(): string[] {
  const { people } = endToEnd.simulators;
  return Array.from({ length: users }, (_, index) => {
    const name = `"${people.username(index).replaceAll('"', '""')}"`;
    return [name, people.storage(index), people.associateId(index)].join(',');
  });
}

async function run(job: string, text: string, input?: string) {
  const roster = input === undefined ? await endToEnd.file('rows.csv', text) : '-';
  const environment = {
    CARETAKER_ROSTER: roster,
    CARETAKER_MODE: 'enforce',
  };
  const result = await endToEnd.run(['run', job, '--json'], environment, input);
  return { code: result.code, errors: result.errors, report: result.json<Report>() };
}

describe('the rows of a roster, in whole runs', () => {
  it('rows of blanks only are neither counted nor rejected, and their run exits 0', async () => {
    const blank = [',,', '"","",""', '', ' , , '];
    const { code, report, errors } = await run(
      'purge-windows',
      [head, ...blank, ...rows(), ...blank, ''].join('\r\n'),
    );
    expect({ code, errors }).toMatchObject({ code: 0 });
    expect(report.roster).toEqual({ rows: users, rejected: 0 });
    expect(report.users).toEqual({
      selected: users,
      inspected: users,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
  });

  it('a bad associate costs the audit its row, which it names, and no other job anything', async () => {
    const all = rows();
    all[6] = (all[6] ?? '').replace(/\d+$/, 'seven');
    all[7] = `${all[7]}.0`;
    const text = [head, ...all, ''].join('\n');
    const purge = await run('purge-windows', text);
    expect(purge.code).toBe(0);
    expect(purge.report.users.inspected).toBe(users);
    const audit = await run('audit-pocket', text);
    expect(audit.code).toBe(1);
    expect(audit.report.roster).toEqual({ rows: users, rejected: 1 });
    expect(audit.report.users).toEqual({
      selected: users - 1,
      inspected: users - 1,
      failed: 0,
      notReached: 0,
      notAsked: 0,
    });
    expect(audit.report.failures).toEqual([
      {
        user: 'roster line 8',
        reason: 'associateId is not a whole number from 1 to 2147483647: "seven"',
      },
    ]);
    expect(audit.errors).toContain('"line":8');
  });

  it.each(['a file that was just written', 'standard input'])(
    'a cut last row of %s is written for nobody, everybody else is done, and the run says so',
    async (source) => {
      for (const last of [
        (row: string) => row.slice(0, 4),
        (row: string) => row.replace(/,\d+$/, ''),
        (row: string) => row.slice(0, -1),
      ]) {
        const all = rows();
        const text = [head, ...all.slice(0, -1), last(all.at(-1) ?? '')].join('\n');
        const { code, report } = await run(
          'purge-windows',
          text,
          source === 'standard input' ? text : undefined,
        );
        expect(code).toBe(1);
        expect(report.roster).toEqual({ rows: users, rejected: 1 });
        expect(report.users).toMatchObject({ selected: users - 1, inspected: users - 1 });
        expect(report.failures).toMatchObject([{ user: `roster line ${users + 1}` }]);
        const { facts } = endToEnd.simulators.pointsharp.traffic;
        expect(facts().writesApplied).toEqual({
          'DELETE Device/Windows/Expired': users - 1,
          'DELETE Device/Windows/Waiting': users - 1,
        });
        endToEnd.simulators.pointsharp.traffic.reset();
      }
    },
  );

  it('users that look the same are all done, and named in the log', async () => {
    const all = rows();
    const { people } = endToEnd.simulators;
    const twin = `"${people.username(3).replaceAll('"', '""')} ",${people.storage(3)},`;
    const { report, errors } = await run('purge-windows', [head, ...all, twin, ''].join('\n'));
    expect(report.roster).toEqual({ rows: users + 1, rejected: 0 });
    expect(report.users.selected).toBe(users + 1);
    expect(errors).toMatch(
      new RegExp(`"line":${users + 2},"looksLike":5,"msg":"roster row looks like another"`),
    );
  });
});
