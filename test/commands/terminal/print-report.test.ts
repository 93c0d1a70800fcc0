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
  users: { selected: 10, inspected: 7, failed: 1, notReached: 2 },
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
  unit: null,
};

function print(part: Partial<Report['run']> = {}, terminal = false, environment = {}): string {
  const { context, output } = openStreams(terminal, environment);
  printReport(context, { ...report, run: { ...report.run, ...part } });
  return output();
}

describe('the report as text', () => {
  it('the report as text says who, what, how many and what went wrong, the most frequent first', () => {
    expect(print()).toBe(`refresh-timed-devices  refresh-timed-devices-20260301T034500Z-abc123
completed in enforce, triggered by queue (helpdesk), 62.3 s
requested because: new phones for all
reason: not everything was reached: the vendor was away
approved by kari at 2026-03-01T03:45:30.000Z: as planned
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
    printReport(context, { ...report, reason: null, hold: null, run: { ...report.run, ...part } });
    const [, line, next] = output().split('\n');
    expect(line).toBe('running in enforce, triggered by queue');
    expect(next).toMatch(/total +done/);
  });

  it.each([
    ['completed', '[32m'],
    ['running', '[36m'],
    ['stopped', '[33m'],
    ['failed', '[33m'],
  ] as const)('colors the status %s on a terminal', (status, color) => {
    expect(print({ status }, true)).toContain(`${escapeCode}${color}${status}`);
  });

  it('the report as text has no color on a terminal with NO_COLOR', () => {
    expect(print({}, true, { NO_COLOR: '1' })).toBe(print());
  });
});
