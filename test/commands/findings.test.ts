import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Severity, severities } from '../../src/policies/finding.ts';
import type { FindingRow } from '../../src/queue/views/finding-rows.ts';
import type { Report } from '../../src/runs/report.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';

interface Document {
  readonly run: string;
  readonly rules: readonly {
    readonly rule: string;
    readonly severity: Severity;
    readonly found: number;
    readonly kept: number;
    readonly means: string | null;
  }[];
  readonly findings: readonly FindingRow[];
}

const users = 200;
let endToEnd: EndToEnd;
let report: Report;
let all: Document;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users });
  expect((await endToEnd.run(['findings'])).errors).toContain('no audit of the whole roster has run yet');
  report = (await endToEnd.run(['run', 'audit-pocket', '--json'])).json();
  all = (await endToEnd.run(['findings', '--json'])).json();
});
afterAll(() => endToEnd.close());

/** Names and associates as the roster of these users has them. */
function names(): Map<number, string> {
  const { people } = endToEnd.simulators;
  return new Map(
    Array.from({ length: users }, (_, index) => [people.associateId(index), people.username(index)]),
  );
}

describe('caretaker findings', () => {
  it('caretaker findings has every finding of the last audit, with the users of the roster, the worst first', () => {
    expect(all.run).toBe(report.run.id);
    const counts = Object.fromEntries(all.rules.map(({ rule, found }) => [rule, found]));
    expect(counts).toEqual(report.findings);
    expect(all.rules.every(({ found, kept, means }) => found === kept && means !== null)).toBe(true);
    const sum = Object.values(report.findings).reduce((one, other) => one + other, 0);
    expect(all.findings).toHaveLength(sum);
    const known = names();
    for (const { users: named, associates } of all.findings) {
      expect(named).toEqual(associates.map((id) => known.get(id)));
    }
    const keyOf = ({ severity, rule, associates: [first = 0] }: FindingRow) =>
      [severities.indexOf(severity), rule, String(first).padStart(10, '0')].join(' ');
    const order = all.findings.map(keyOf);
    expect(order).toEqual(order.toSorted());
  });

  it('caretaker findings chooses by rule, severity and user, also by the number of an associate', async () => {
    const [first] = all.findings;
    if (!first) throw new Error('The audit of the fixture finds nothing.');
    const [user = '', associate = 0] = [first.users[0], first.associates[0]];
    const chosen = async (...words: string[]) =>
      (await endToEnd.run(['findings', '--json', ...words])).json<Document>().findings;
    const ofUser = all.findings.filter(({ associates }) => associates.includes(associate));
    expect(await chosen('--user', user.toUpperCase())).toEqual(ofUser);
    expect(await chosen('--user', String(associate), '--rule', first.rule)).toEqual(
      ofUser.filter(({ rule }) => rule === first.rule),
    );
    expect(await chosen('--severity', 'low', '--limit', '3')).toEqual(
      all.findings.filter(({ severity }) => severity === 'low').slice(0, 3),
    );
    const unknown = await endToEnd.run(['findings', '--user', 'nobody-like-this']);
    expect(unknown).toMatchObject({ code: 2, output: '' });
    expect(unknown.errors).toContain('has no user nobody-like-this');
  });

  it('caretaker findings counts for people what the user has whom they ask for', async () => {
    const associate = all.findings[0]?.associates[0] ?? 0;
    const user = names().get(associate) ?? '';
    const ofUser = all.findings.filter(({ associates }) => associates.includes(associate));
    expect(ofUser.length).toBeLessThan(all.findings.length);
    const { output } = await endToEnd.run(['findings', '--user', user]);
    expect(output).toMatch(new RegExp(`^${ofUser.length} findings? for ${user} of ${report.run.id}$`, 'm'));
    const counted = severities.map(
      (one) => `${one} ${ofUser.filter(({ severity }) => severity === one).length}`,
    );
    expect(output).toContain(`by severity: ${counted.join(', ')}`);
    for (const [rule, found] of Map.groupBy(ofUser, (one) => one.rule))
      expect(output).toMatch(new RegExp(`^\\w+ +${rule} +${found.length}$`, 'm'));
  });

  it('caretaker findings writes a file of CSV for Excel, also without names where there is no roster', async () => {
    const { output } = await endToEnd.run(['findings', '--csv'], { CARETAKER_ROSTER: '' });
    expect(output.startsWith('\ufeffseverity,rule,user,associate,')).toBe(true);
    expect(output.split('\r\n')).toHaveLength(all.findings.length + 2);
    const rows: unknown[] = parse(output, { bom: true, columns: true });
    expect(rows).toEqual(
      all.findings.map(({ severity, rule, associates, subject, detail, fingerprint }) => ({
        ...{ severity, rule, user: '', associate: associates.join(', ') },
        ...{ subject, detail, fingerprint },
      })),
    );
  });

  it('caretaker findings tells people how many there are, the first of them, and what the rule means', async () => {
    const rule = all.rules.at(-1);
    const { output } = await endToEnd.run(['findings', '--rule', rule?.rule ?? '', '--limit', '1']);
    expect(output).toContain(`${all.findings.length} findings of ${report.run.id}`);
    expect(output).toContain(rule?.means);
    expect(output).toMatch(/^user +subject +detail$/m);
    expect(output).toContain(`The first 1 of ${rule?.found}.`);
  });

  it('caretaker findings says how many more there were than CARETAKER_KEEP_FINDINGS allows, and so does the log', async () => {
    const few = { CARETAKER_PREFIX: '{few}', CARETAKER_KEEP_FINDINGS: '5' };
    const audit = await endToEnd.run(['run', 'audit-pocket', '--json'], few);
    expect(audit.errors).toMatch(/"over":\d+.*"findings not kept"/);
    const { output } = await endToEnd.run(['findings'], few);
    expect(output).toMatch(/^\d+ findings more can only be read in the log/m);
    expect(output).toContain(`${all.findings.length} findings of `);
  });
});
