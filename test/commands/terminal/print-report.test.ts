import { describe, expect, it } from 'vitest';
import { printReport } from '../../../src/commands/terminal/print-report.ts';
import type { Report } from '../../../src/runs/report.ts';
import { escapeCode, openStreams } from '../streams.ts';

const report: Report = {
  run: {
    id: 'refresh-timed-devices-20260301T034500Z-abc123',
    job: 'refresh-timed-devices',
    mode: 'enforce',
    trigger: 'queue',
    requestedBy: 'helpdesk',
    startedAt: '2026-03-01T03:45:00.000Z',
    finishedAt: '2026-03-01T03:46:02.340Z',
    status: 'completed',
    reason: 'not everything was reached: the vendor was away',
  },
  reason: 'new phones for all',
  hold: {
    reason: 'too many actions',
    until: '2026-03-02T03:45:00.000Z',
    decision: { what: 'approve', by: 'kari', at: '2026-03-01T03:45:30.000Z', note: 'as planned' },
  },
  users: { selected: 10, inspected: 7, failed: 1, notReached: 2, notAsked: 0 },
  actions: { planned: 9, applied: 4, skipped: 1, failed: 1, notReached: 3 },
  unreadable: 0,
  kept: { 'not-timed': 2, 'not-due': 12 },
  findings: { 'missing-push-handle': 3 },
  requests: { pointsharp: 21 },
  late: 0,
  atRisk: 0,
  ineffective: 0,
  attempts: 1,
  repeated: 0,
  failures: [
    { user: 'kari', reason: 'the server refused the request' },
    { user: "o'neil+test", subject: 'phone 1', reason: 'gone' },
  ],
  roster: { rows: 12, rejected: 2 },
  join: null,
  unit: null,
};

function print(part: Partial<Report['run']> = {}, terminal = false, environment = {}): string {
  const { context, output } = openStreams(terminal, environment);
  printReport(context, { ...report, run: { ...report.run, ...part } }, { timeZone: 'UTC' });
  return output();
}

describe('the report as text', () => {
  it('the report as text says who, what, how many and what went wrong, the most frequent first', () => {
    expect(print()).toBe(`refresh-timed-devices  refresh-timed-devices-20260301T034500Z-abc123
completed with failures in enforce, triggered by queue (helpdesk), 1 min 2 s
requested because: new phones for all
reason: not everything was reached: the vendor was away
started at 2026-03-01 03:45 UTC
approved by kari at 2026-03-01 03:45 UTC: as planned
         total  done  skipped  failed  not reached
users    10     7              1       2
actions  9      4     1        1       3
kept: not-due 12, not-timed 2
findings: missing-push-handle 3
requests: pointsharp 21
roster: 12 rows, 2 rejected
  failed: kari: the server refused the request
  failed: o'neil+test (phone 1): gone
`);
  });

  it('the report as text leaves out what is not known of a run under way', () => {
    const part = { status: 'running', finishedAt: null, requestedBy: null, reason: null } as const;
    const { context, output } = openStreams(false);
    printReport(
      context,
      { ...report, reason: null, hold: null, run: { ...report.run, ...part } },
      { timeZone: 'UTC' },
    );
    const [, line, next] = output().split('\n');
    expect(line).toBe('running in enforce, triggered by queue');
    expect(next).toBe('started at 2026-03-01 03:45 UTC');
  });

  it.each([
    ['running', '[36m'],
    ['stopped', '[33m'],
    ['failed', '[33m'],
  ] as const)('colors the status %s on a terminal', (status, color) => {
    expect(print({ status }, true)).toContain(`${escapeCode}${color}${status}`);
  });

  it.each([
    ['completed', 'green', '[32m'],
    ['completed with failures', 'yellow', '[33m'],
  ])('colors a run that is %s %s', (status, _, color) => {
    const { context, output } = openStreams(true);
    const failed = status === 'completed' ? 0 : 1;
    const sound = { ...report, actions: { planned: 0, applied: 0, skipped: 0, failed: 0, notReached: 0 } };
    const users = { selected: 1, inspected: 1 - failed, failed, notReached: 0, notAsked: 0 };
    printReport(
      context,
      { ...sound, users, failures: [], roster: { rows: 1, rejected: 0 } },
      { timeZone: 'UTC' },
    );
    expect(output()).toContain(`${escapeCode}${color}${status}`);
  });

  it('the report as text of a run that observed says what it would have done, and that nothing is left undone', () => {
    const { context, output } = openStreams(false);
    const actions = { planned: 9, applied: 0, skipped: 0, failed: 0, notReached: 9 };
    printReport(
      context,
      { ...report, run: { ...report.run, mode: 'observe' }, actions },
      { timeZone: 'UTC' },
    );
    const told = output();
    expect(told).toMatch(/^actions +9 +0 +0 +0 +0$/m);
    expect(told).toContain('observed: 9 actions would be applied in enforce; nothing was written\n');
  });

  it('the report as text says what an action of purge-windows is, and of other jobs nothing', () => {
    expect(print({ job: 'purge-windows' })).toContain(
      '\nan action is one request; how many windows it removes the vendor does not say\n',
    );
    expect(print()).not.toContain('an action is');
  });

  it('the report as text shows every number of the report that is not zero', () => {
    const { context, output } = openStreams(false);
    const numbers = { late: 11, atRisk: 12, ineffective: 13, repeated: 14, unreadable: 15 };
    printReport(context, { ...report, ...numbers }, { timeZone: 'UTC' });
    const told = output();
    for (const number of Object.values(numbers))
      expect(told).toMatch(new RegExp(`: (a part of )?${number} `));
    expect(told).toContain('late: 11 actions of people whom the vendor had warned already\n');
    expect(told).toContain(
      'in doubt: 14 actions of which nobody knows whether an earlier try went through\n',
    );
  });

  it('the report as text has no color on a terminal with NO_COLOR', () => {
    expect(print({}, true, { NO_COLOR: '1' })).toBe(print());
  });
});
