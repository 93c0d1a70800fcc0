import { collectDefaultMetrics, Registry } from 'prom-client';
import { vendors } from '../../src/domain/vendor.ts';
import { jobNames } from '../../src/jobs/index.ts';

/*
 * What the program measures, as alerts and dashboard may use it: the name, how it is to be summed up, its labels and, where
 * there are few, their values.
 */

/** `shared` gauges show the same in every process; `own` ones belong to one process. */
type Kind = 'counter' | 'histogram' | 'shared' | 'own' | 'foreign';

export interface KnownMetric {
  readonly kind: Kind;
  /** By label, its values; undefined where they are too many to list. */
  readonly labels: Readonly<Record<string, readonly string[] | undefined>>;
}

const job = jobNames;
const vendor = vendors;
const severity = ['low', 'medium', 'high'];
const mode = ['observe', 'enforce'];
const queue = ['caretaker-runs', 'caretaker-pointsharp', 'caretaker-superoffice'];
const state = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children', 'completed', 'failed'];
const result = ['2xx', '3xx', '4xx', '5xx', 'unreachable'];
const anything = undefined;
const cronjob = anything;
const job_name = anything;
const condition = ['true', 'false', 'unknown'];

/** What our own program adds. */
export const ownMetrics: Readonly<Record<string, KnownMetric>> = {
  caretaker_build_info: { kind: 'own', labels: { version: anything, node: anything } },
  caretaker_runs_total: {
    kind: 'counter',
    labels: {
      job,
      status: ['completed', 'held', 'stopped', 'skipped', 'failed'],
      trigger: ['schedule', 'queue', 'command', 'console'],
      mode,
    },
  },
  caretaker_users_total: {
    kind: 'counter',
    labels: { job, result: ['inspected', 'failed', 'not-reached', 'not-asked'] },
  },
  caretaker_actions_total: {
    kind: 'counter',
    labels: { job, outcome: ['applied', 'skipped', 'failed', 'not-reached'] },
  },
  caretaker_planned_actions_total: { kind: 'counter', labels: { job } },
  caretaker_kept_total: { kind: 'counter', labels: { job, reason: anything } },
  caretaker_findings_total: { kind: 'counter', labels: { job, rule: anything, severity } },
  caretaker_late_total: { kind: 'counter', labels: { job } },
  caretaker_ineffective_total: { kind: 'counter', labels: { job } },
  caretaker_repeated_total: { kind: 'counter', labels: { job } },
  caretaker_users_unreadable_total: { kind: 'counter', labels: { job } },
  caretaker_roster_rejected_total: { kind: 'counter', labels: { job } },
  caretaker_batch_attempts_total: {
    kind: 'counter',
    labels: { vendor, result: ['done', 'retried', 'handed-back', 'vendor-held', 'given-up', 'failed'] },
  },
  caretaker_vendor_requests_total: { kind: 'counter', labels: { vendor, operation: anything, result } },
  caretaker_vendor_request_duration_seconds: { kind: 'histogram', labels: { vendor, operation: anything } },
  caretaker_vendor_budget_waited_seconds_total: { kind: 'counter', labels: { vendor } },
  caretaker_vendor_budget_requests_per_second: { kind: 'shared', labels: { vendor } },
  caretaker_run_last_success_timestamp_seconds: { kind: 'shared', labels: { job, mode } },
  caretaker_run_last_duration_seconds: { kind: 'shared', labels: { job } },
  caretaker_run_last_status: { kind: 'shared', labels: { job, status: ['completed', 'stopped', 'failed'] } },
  caretaker_run_last_findings: { kind: 'shared', labels: { job, severity } },
  caretaker_run_last_new_findings: { kind: 'shared', labels: { job, severity } },
  caretaker_run_last_at_risk: { kind: 'shared', labels: { job } },
  caretaker_run_last_ineffective: { kind: 'shared', labels: { job } },
  caretaker_run_last_users: { kind: 'shared', labels: { job } },
  caretaker_run_last_requests: { kind: 'shared', labels: { job } },
  caretaker_held_runs: { kind: 'shared', labels: { job } },
  caretaker_paused: { kind: 'shared', labels: { what: [...jobNames, ...vendors] } },
  caretaker_vendor_held: { kind: 'shared', labels: { vendor } },
  caretaker_schedule_next_timestamp_seconds: { kind: 'shared', labels: { job } },
  caretaker_schedule_interval_seconds: { kind: 'shared', labels: { job } },
  caretaker_schedule_beyond_seconds: { kind: 'shared', labels: { job } },
  caretaker_schedule_lag_seconds: { kind: 'shared', labels: { job } },
  caretaker_queue_jobs: { kind: 'shared', labels: { queue, state } },
  caretaker_queue_oldest_age_seconds: { kind: 'shared', labels: { queue } },
  caretaker_redis_refusals_total: { kind: 'counter', labels: { code: anything } },
  caretaker_redis_lost_total: {
    kind: 'counter',
    labels: { kind: ['run', 'pause'], what: [...jobNames, ...vendors] },
  },
  caretaker_redis_memory_bytes: { kind: 'shared', labels: {} },
  caretaker_redis_max_memory_bytes: { kind: 'shared', labels: {} },
  caretaker_redis_may_evict: { kind: 'shared', labels: {} },
};

/** What Prometheus itself and kube-state-metrics add, as far as we use it. */
const foreignMetrics: Readonly<Record<string, KnownMetric>> = {
  up: { kind: 'foreign', labels: { job: ['caretaker'] } },
  kube_pod_status_ready: { kind: 'foreign', labels: { condition } },
  kube_pod_container_resource_limits: {
    kind: 'foreign',
    labels: { resource: ['cpu', 'memory'], container: ['caretaker'] },
  },
};

/** Of kube-state-metrics as well: https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics/workload */
const cronJobMetrics: Readonly<Record<string, KnownMetric>> = {
  kube_cronjob_info: { kind: 'foreign', labels: { cronjob, schedule: anything } },
  kube_cronjob_created: { kind: 'foreign', labels: { cronjob } },
  kube_cronjob_spec_suspend: { kind: 'foreign', labels: { cronjob } },
  kube_cronjob_status_active: { kind: 'foreign', labels: { cronjob } },
  kube_cronjob_status_last_schedule_time: { kind: 'foreign', labels: { cronjob } },
  kube_cronjob_status_last_successful_time: { kind: 'foreign', labels: { cronjob } },
  // Not there while the CronJob is suspended.
  kube_cronjob_next_schedule_time: { kind: 'foreign', labels: { cronjob } },
  kube_job_owner: { kind: 'foreign', labels: { job_name, owner_kind: ['CronJob'], owner_name: anything } },
  kube_job_status_active: { kind: 'foreign', labels: { job_name } },
  kube_job_status_start_time: { kind: 'foreign', labels: { job_name } },
  kube_job_spec_active_deadline_seconds: { kind: 'foreign', labels: { job_name } },
  kube_job_failed: { kind: 'foreign', labels: { job_name, condition } },
};

/** What Prometheus writes on everything it scrapes from a pod. */
export const targetLabels = ['namespace', 'pod', 'container', 'instance'];

/** Every metric that may be asked for, by the name under which it is asked for. */
export function knownMetrics(): Map<string, KnownMetric> {
  const known = new Map<string, KnownMetric>();
  for (const [name, metric] of Object.entries({ ...ownMetrics, ...foreignMetrics, ...cronJobMetrics })) {
    if (metric.kind !== 'histogram') known.set(name, metric);
    else {
      const { labels } = metric;
      known.set(`${name}_bucket`, { kind: 'counter', labels: { ...labels, le: anything } });
      for (const part of ['sum', 'count']) known.set(`${name}_${part}`, { kind: 'counter', labels });
    }
  }
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name, type } of registry.getMetricsAsArray()) {
    // Other metrics of this library are not used; those with labels would have to be told here.
    known.set(name, { kind: String(type) === 'counter' ? 'counter' : 'own', labels: {} });
  }
  return known;
}
