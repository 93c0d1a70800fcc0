import { describe, expect, it } from 'vitest';
import { jobs } from '../../../src/jobs/index.ts';
import { createMetrics, metricNames } from '../../../src/ops/metrics/metrics.ts';
import type { Report } from '../../../src/runs/report.ts';
import { sum } from '../../support/ops.ts';

const promised = `
  build_info runs_total users_total actions_total planned_actions_total kept_total findings_total late_total
  ineffective_total repeated_total users_unreadable_total roster_rejected_total batch_attempts_total vendor_requests_total
  vendor_request_duration_seconds vendor_budget_waited_seconds_total vendor_budget_requests_per_second
  run_last_success_timestamp_seconds run_last_duration_seconds run_last_status run_last_findings run_last_at_risk
  run_last_new_findings run_last_ineffective run_last_users run_last_requests held_runs paused vendor_held schedule_next_timestamp_seconds schedule_interval_seconds
  schedule_lag_seconds schedule_beyond_seconds queue_jobs queue_oldest_age_seconds redis_memory_bytes redis_max_memory_bytes redis_may_evict redis_lost_total
  redis_refusals_total
`
  .trim()
  .split(/\s+/)
  .map((name) => `caretaker_${name}`);

const report: Report = {
  run: {
    id: 'audit-pocket-1',
    job: 'audit-pocket',
    mode: 'observe',
    trigger: 'schedule',
    requestedBy: 'kari',
    startedAt: '2026-11-25T05:30:00.000Z',
    finishedAt: '2026-11-25T05:31:30.000Z',
    status: 'completed',
    reason: null,
  },
  reason: null,
  hold: null,
  users: { selected: 14, inspected: 7, failed: 2, notReached: 1, notAsked: 4 },
  actions: { planned: 9, applied: 4, skipped: 3, failed: 1, notReached: 1 },
  unreadable: 6,
  kept: { 'no-associate-id': 5 },
  findings: { 'shared-device': 2, 'unreadable-version': 6 },
  requests: { superoffice: 12 },
  late: 1,
  atRisk: 2,
  ineffective: 3,
  attempts: 4,
  repeated: 5,
  failures: [{ user: 'kari', reason: 'refused' }],
  roster: { rows: 11, rejected: 1 },
  join: null,
  unit: null,
};

const nothingInRedis = {
  lastRuns: {},
  held: {},
  paused: {},
  vendorsHeld: { pointsharp: false, superoffice: false },
  nextTicks: {},
  depths: {},
  memory: undefined,
  intervalsMs: {},
  beyondMs: {},
  nowMs: Date.parse('2026-11-25T06:00:00Z'),
};

describe('the metrics', () => {
  it('the metrics are those that alerts and dashboards are built on, beside those of the process', () => {
    const names = metricNames();
    expect(names.filter((name) => name.startsWith('caretaker_')).sort()).toEqual([...promised].sort());
    expect(names).toContain('nodejs_eventloop_lag_seconds');
    expect(names).toContain('process_resident_memory_bytes');
    expect(names).toContain('process_cpu_seconds_total');
  });

  it('the metrics keep nothing from one process to the next: each has its own', async () => {
    createMetrics().observer.runEnded(report);
    expect(sum(await createMetrics().text(), 'caretaker_runs_total')).toBe(0);
  });

  it('the metrics say what a report says, without anybody’s name', async () => {
    const { observer, text } = createMetrics();
    observer.runEnded(report);
    const page = await text();
    const value = (name: string, labels: Record<string, string>) =>
      sum(page, `caretaker_${name}`, { job: 'audit-pocket', ...labels });
    expect(value('runs_total', { status: 'completed', trigger: 'schedule', mode: 'observe' })).toBe(1);
    expect(value('runs_total', {})).toBe(1);
    const results = ['inspected', 'failed', 'not-reached', 'not-asked'];
    expect(results.map((result) => value('users_total', { result }))).toEqual([7, 2, 1, 4]);
    const outcomes = ['applied', 'skipped', 'failed', 'not-reached'];
    expect(outcomes.map((outcome) => value('actions_total', { outcome }))).toEqual([4, 3, 1, 1]);
    expect(value('planned_actions_total', {})).toBe(9);
    expect(value('kept_total', { reason: 'no-associate-id' })).toBe(5);
    expect(value('findings_total', { rule: 'shared-device', severity: 'high' })).toBe(2);
    expect(value('findings_total', { severity: 'low' })).toBe(6);
    expect(['late', 'ineffective', 'repeated'].map((name) => value(`${name}_total`, {}))).toEqual([1, 3, 5]);
    expect(value('users_unreadable_total', {})).toBe(6);
    expect(value('roster_rejected_total', {})).toBe(1);
    expect(page).not.toContain('kari');
  });

  it('the metrics show every counter of every job at 0 from the start: an increase from nothing is none to Prometheus', async () => {
    const page = await createMetrics().text();
    for (const { name: job } of jobs) {
      for (const status of ['completed', 'stopped', 'skipped', 'failed'])
        expect(sum(page, 'caretaker_runs_total', { job, status })).toBe(0);
      for (const name of [
        'late',
        'ineffective',
        'repeated',
        'users_unreadable',
        'roster_rejected',
        'planned_actions',
      ])
        expect(sum(page, `caretaker_${name}_total`, { job })).toBe(0);
    }
    expect(sum(page, 'caretaker_findings_total', { severity: 'high' })).toBe(0);
    expect(sum(page, 'caretaker_batch_attempts_total', { vendor: 'superoffice', result: 'failed' })).toBe(0);
  });

  it('the metrics tell requests by the class of their status, or by the failure where no answer came', async () => {
    const { observer, text } = createMetrics();
    const observe = observer.exchanges('pointsharp');
    const operation = 'GET Device';
    observe({ operation, durationMs: 20, status: 200 });
    observe({ operation, durationMs: 2_000, status: 204 });
    observe({ operation, durationMs: 10, status: 503, failure: 'Broken' });
    observe({ operation, durationMs: 30_000, failure: 'Unreachable' });
    for (const page of [await text(), await text()]) {
      const count = (result: string) =>
        sum(page, 'caretaker_vendor_requests_total', { vendor: 'pointsharp', operation, result });
      expect(['2xx', '4xx', '5xx', 'Unreachable'].map(count)).toEqual([2, undefined, 1, 1]);
      expect(sum(page, 'caretaker_vendor_request_duration_seconds_sum', { operation })).toBeCloseTo(32.03);
      expect(sum(page, 'caretaker_vendor_request_duration_seconds_bucket', { operation, le: '0.025' })).toBe(
        2,
      );
    }
  });

  it('the metrics show what a person costs in requests, by the last run, and nothing where it is not kept', async () => {
    const { show, text } = createMetrics();
    const last = {
      status: 'completed',
      startedAt: null,
      finishedAt: null,
      findings: {},
      newFindings: {},
      atRisk: 0,
      ineffective: 0,
      succeededAt: {},
    } as const;
    const lastRuns = { 'audit-pocket': { ...last, users: 400, requests: 100 }, 'purge-windows': last };
    show({ ...nothingInRedis, lastRuns });
    const page = await text();
    const value = (name: string, job: string) => sum(page, `caretaker_run_last_${name}`, { job });
    expect([value('users', 'audit-pocket'), value('requests', 'audit-pocket')]).toEqual([400, 100]);
    expect([value('users', 'purge-windows'), value('requests', 'purge-windows')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('the metrics show how late a tick is, and 0 for one that is to come', async () => {
    const { show, text } = createMetrics();
    const { nowMs } = nothingInRedis;
    show({
      ...nothingInRedis,
      nextTicks: { 'purge-windows': nowMs - 90_000, 'audit-pocket': nowMs + 60_000 },
      intervalsMs: { 'purge-windows': 86_400_000 },
    });
    const page = await text();
    expect(sum(page, 'caretaker_schedule_lag_seconds', { job: 'purge-windows' })).toBe(90);
    expect(sum(page, 'caretaker_schedule_lag_seconds', { job: 'audit-pocket' })).toBe(0);
    expect(sum(page, 'caretaker_schedule_interval_seconds', { job: 'purge-windows' })).toBe(86_400);
  });

  it('the metrics show how far a tick lies beyond the next time of its schedule', async () => {
    const { show, text } = createMetrics();
    show({ ...nothingInRedis, beyondMs: { 'purge-windows': 3_600_000, 'audit-pocket': 0 } });
    const page = await text();
    expect(sum(page, 'caretaker_schedule_beyond_seconds', { job: 'purge-windows' })).toBe(3600);
    expect(sum(page, 'caretaker_schedule_beyond_seconds', { job: 'audit-pocket' })).toBe(0);
  });

  it('the metrics show of Redis only what is there: no 0 that nobody measured', async () => {
    const { show, text } = createMetrics();
    show({ ...nothingInRedis, memory: { usedBytes: 5, maxBytes: 0 }, held: { 'purge-windows': true } });
    expect(sum(await text(), 'caretaker_redis_memory_bytes')).toBe(5);
    expect(sum(await text(), 'caretaker_redis_max_memory_bytes')).toBe(0);
    expect(sum(await text(), 'caretaker_held_runs', { job: 'purge-windows' })).toBe(1);
    for (const snapshot of [undefined, nothingInRedis]) {
      show(snapshot);
      const page = await text();
      expect(sum(page, 'caretaker_redis_memory_bytes')).toBeUndefined();
      expect(sum(page, 'caretaker_redis_max_memory_bytes')).toBeUndefined();
      expect(sum(page, 'caretaker_run_last_status')).toBeUndefined();
    }
  });
});
