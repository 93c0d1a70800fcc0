import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/commands/run/exit-code.ts';
import type { FailOn } from '../../../src/config/config.ts';
import { caretakerSettings } from '../../../src/config/settings/groups.ts';
import { makeReport, type Report, type RunFacts } from '../../../src/runs/report.ts';
import { emptyTally } from '../../../src/runs/tally.ts';

type Change = (report: Report) => Report;

function reportOf(status: RunFacts['status'], change: Change = (report) => report): Report {
  const run = {
    id: 'audit-pocket-1',
    job: 'audit-pocket',
    mode: 'observe',
    trigger: 'command',
    requestedBy: null,
    startedAt: null,
    finishedAt: null,
    status,
    reason: null,
  } as const;
  return change(
    makeReport({
      run,
      vendor: 'superoffice',
      selected: 0,
      tally: emptyTally(),
      roster: { rows: 0, rejected: 0 },
    }),
  );
}

const completed = reportOf('completed');
const withFailures: readonly [what: string, report: Report][] = [
  ['a user that failed', { ...completed, users: { ...completed.users, failed: 1 } }],
  ['a user that was not reached', { ...completed, users: { ...completed.users, notReached: 1 } }],
  ['an action that failed', { ...completed, actions: { ...completed.actions, failed: 1 } }],
  ['a row that was rejected', { ...completed, roster: { rows: 1, rejected: 1 } }],
];
const found = (rule: string, count = 1): Report => ({ ...completed, findings: { [rule]: count } });
const high = found('app-cannot-log-in');
const medium = found('missing-push-handle');
const low = found('outdated-app');

const unset = caretakerSettings.failOn.schema.parse(caretakerSettings.failOn.fallback ?? '');
const cronJobs: readonly FailOn[] = ['failed', 'held', 'stopped'];

describe('the exit code of a run', () => {
  it.each<[what: string, report: Report, whenUnset: number, ofCronJobs: number]>([
    ['completed', completed, 0, 0],
    ...withFailures.map(([what, report]): [string, Report, number, number] => [what, report, 1, 0]),
    ['failed', reportOf('failed'), 1, 1],
    ['held', reportOf('held'), 3, 3],
    ['stopped', reportOf('stopped'), 4, 4],
    ['skipped', reportOf('skipped'), 5, 0],
    ['running', reportOf('running'), 4, 4],
    ['completed with a finding of high severity', high, 0, 0],
  ])('the exit code of a run that is %s', (_what, report, whenUnset, ofCronJobs) => {
    expect(exitCodeOf(report, unset)).toBe(whenUnset);
    expect(exitCodeOf(report, cronJobs)).toBe(ofCronJobs);
  });

  it.each<[failOn: FailOn, codes: readonly number[]]>([
    ['failures', [0, 1, 0, 0, 0, 0]],
    ['failed', [0, 0, 1, 0, 0, 0]],
    ['held', [0, 0, 0, 3, 0, 0]],
    ['stopped', [0, 0, 0, 0, 4, 0]],
    ['skipped', [0, 0, 0, 0, 0, 5]],
    ['finding:high', [0, 0, 0, 0, 0, 0]],
  ])('the exit code of a run counts %s alone when CARETAKER_FAIL_ON names nothing else', (failOn, codes) => {
    const reports = [
      completed,
      ...withFailures.slice(0, 1).map(([, report]) => report),
      reportOf('failed'),
      reportOf('held'),
      reportOf('stopped'),
      reportOf('skipped'),
    ];
    expect(reports.map((report) => exitCodeOf(report, [failOn]))).toEqual(codes);
  });

  it.each<[failOn: readonly FailOn[], codes: readonly number[]]>([
    [['finding:high'], [1, 0, 0, 0]],
    [['finding:medium'], [0, 1, 0, 0]],
    [['finding:low'], [0, 0, 1, 0]],
    [
      ['finding:high', 'finding:medium'],
      [1, 1, 0, 0],
    ],
  ])('the exit code of a completed run is 1 for findings of %j', (failOn, codes) => {
    const reports = [high, medium, low, found('app-cannot-log-in', 0)];
    expect(reports.map((report) => exitCodeOf(report, failOn))).toEqual(codes);
  });

  it('the exit code of a run tells of its ending before it tells of its findings', () => {
    const stopped = reportOf('stopped', (report) => ({ ...report, findings: high.findings }));
    expect(exitCodeOf(stopped, ['stopped', 'finding:high'])).toBe(4);
    expect(exitCodeOf(stopped, ['finding:high'])).toBe(1);
  });

  it('the exit code of a run does not count a rule that its job does not have', () => {
    expect(exitCodeOf(found('no-such-rule'), ['finding:high', 'finding:medium', 'finding:low'])).toBe(0);
  });
});
