/*
 * Worlds that Prometheus may see, for promtool: in a healthy one no alert fires; each other one differs from it in what
 * went wrong. Time begins at 0.
 */

/** What a series is worth; `undefined` when it is not there. Seconds since the beginning come in. */
type Course = (second: number) => number | undefined;

export const always =
  (value: number): Course =>
  () =>
    value;
export const perMinute =
  (growth: number): Course =>
  (second) =>
    (growth * second) / 60;
export const now: Course = (second) => second;
export const gone: Course = () => undefined;
/** One course until a moment, another after it. */
export const first =
  (before: Course, untilSecond: number, after: Course): Course =>
  (second) =>
    second < untilSecond ? before(second) : after(second);

export type World = Readonly<Record<string, Course>>;

const where = 'namespace="care"';
const pod = `${where},pod="caretaker-1",instance="10.0.0.1:9100"`;
const job = `${where},job="purge-windows"`;
const vendor = `${where},vendor="pointsharp"`;

/** CronJobs, in a namespace of their own. */
const crons = 'namespace="crons"';
const cronjob = `${crons},cronjob="caretaker-purge-windows"`;
const cronJobOfAnother = `${crons},cronjob="backup"`;
const clusterJob = `${crons},job_name="caretaker-purge-windows-1"`;
const jobOfAnother = `${crons},job_name="backup-1"`;
const day = 86_400;

/** When a daily Job was begun last, and when it ended after so many seconds; before the first, it did not. */
export const begun: Course = (second) => Math.floor(second / day) * day;
const ended =
  (afterSeconds: number): Course =>
  (second) => {
    const last = Math.floor((second - afterSeconds) / day) * day + afterSeconds;
    return last < 0 ? undefined : last;
  };

/** A daily CronJob whose Jobs take ten minutes and succeed, beside a failing one of somebody else. */
export const healthyCronJobs: World = {
  [`kube_cronjob_info{${cronjob},schedule="0 0 * * *"}`]: always(1),
  [`kube_cronjob_created{${cronjob}}`]: always(0),
  [`kube_cronjob_spec_suspend{${cronjob}}`]: always(0),
  [`kube_cronjob_status_active{${cronjob}}`]: always(0),
  [`kube_cronjob_status_last_schedule_time{${cronjob}}`]: begun,
  [`kube_cronjob_next_schedule_time{${cronjob}}`]: (second) => (begun(second) ?? 0) + day,
  [`kube_cronjob_status_last_successful_time{${cronjob}}`]: ended(600),
  [`kube_job_owner{${clusterJob},owner_kind="CronJob",owner_name="caretaker-purge-windows"}`]: always(1),
  [`kube_job_status_active{${clusterJob}}`]: always(0),
  [`kube_job_status_start_time{${clusterJob}}`]: begun,
  [`kube_job_spec_active_deadline_seconds{${clusterJob}}`]: always(36_000),
  [`kube_job_failed{${clusterJob},condition="true"}`]: always(0),
  [`kube_cronjob_info{${cronJobOfAnother},schedule="0 * * * *"}`]: always(1),
  [`kube_cronjob_created{${cronJobOfAnother}}`]: always(0),
  [`kube_cronjob_spec_suspend{${cronJobOfAnother}}`]: always(1),
  [`kube_cronjob_status_last_schedule_time{${cronJobOfAnother}}`]: always(0),
  [`kube_cronjob_next_schedule_time{${cronJobOfAnother}}`]: always(3600),
  [`kube_job_owner{${jobOfAnother},owner_kind="CronJob",owner_name="backup"}`]: always(1),
  [`kube_job_status_active{${jobOfAnother}}`]: always(1),
  [`kube_job_status_start_time{${jobOfAnother}}`]: always(60),
  [`kube_job_spec_active_deadline_seconds{${jobOfAnother}}`]: always(60),
  [`kube_job_failed{${jobOfAnother},condition="true"}`]: always(1),
};

/** Everybody is well: a daily job succeeds, the vendor answers, Redis has room; and so with CronJobs. */
export const healthy: World = {
  ...healthyCronJobs,
  [`caretaker_build_info{${pod}}`]: always(1),
  [`up{${pod},job="caretaker"}`]: always(1),
  [`process_resident_memory_bytes{${pod}}`]: always(200e6),
  [`process_start_time_seconds{${pod}}`]: always(0),
  [`nodejs_eventloop_lag_p99_seconds{${pod}}`]: always(0.01),
  [`kube_pod_status_ready{${where},pod="caretaker-1",condition="true"}`]: always(1),
  [`kube_pod_container_resource_limits{${where},pod="caretaker-1",container="caretaker",resource="memory"}`]:
    always(400e6),
  [`caretaker_schedule_interval_seconds{${job}}`]: always(86_400),
  [`caretaker_schedule_next_timestamp_seconds{${job}}`]: (second) => second + 3600,
  [`caretaker_schedule_lag_seconds{${job}}`]: always(0),
  [`caretaker_schedule_beyond_seconds{${job}}`]: always(0),
  [`caretaker_run_last_success_timestamp_seconds{${job},mode="enforce"}`]: now,
  [`caretaker_run_last_status{${job},status="completed"}`]: always(1),
  [`caretaker_run_last_status{${job},status="failed"}`]: always(0),
  [`caretaker_run_last_status{${job},status="stopped"}`]: always(0),
  [`caretaker_run_last_at_risk{${job}}`]: always(0),
  [`caretaker_run_last_ineffective{${job}}`]: always(0),
  [`caretaker_run_last_findings{${job},severity="high"}`]: always(0),
  [`caretaker_run_last_new_findings{${job},severity="high"}`]: always(0),
  [`caretaker_held_runs{${job}}`]: always(0),
  [`caretaker_paused{${where},what="purge-windows"}`]: always(0),
  [`caretaker_paused{${where},what="pointsharp"}`]: always(0),
  [`caretaker_runs_total{${job},trigger="schedule",status="completed"}`]: perMinute(1),
  [`caretaker_runs_total{${job},trigger="schedule",status="skipped"}`]: always(0),
  [`caretaker_late_total{${job}}`]: perMinute(0.1),
  [`caretaker_planned_actions_total{${job}}`]: perMinute(10),
  [`caretaker_users_total{${job},result="inspected"}`]: perMinute(1000),
  [`caretaker_users_total{${job},result="failed"}`]: perMinute(1),
  [`caretaker_actions_total{${job},outcome="applied"}`]: perMinute(10),
  [`caretaker_actions_total{${job},outcome="failed"}`]: perMinute(0.1),
  [`caretaker_actions_total{${job},outcome="not-reached"}`]: perMinute(100),
  [`caretaker_users_unreadable_total{${job}}`]: always(0),
  [`caretaker_roster_rejected_total{${job}}`]: always(0),
  [`caretaker_vendor_held{${vendor}}`]: always(0),
  [`caretaker_vendor_requests_total{${vendor},operation="purge",result="2xx"}`]: perMinute(1000),
  [`caretaker_vendor_requests_total{${vendor},operation="purge",result="4xx"}`]: perMinute(500),
  [`caretaker_vendor_requests_total{${vendor},operation="purge",result="5xx"}`]: perMinute(1),
  [`caretaker_vendor_budget_waited_seconds_total{${vendor}}`]: perMinute(10),
  [`caretaker_vendor_request_duration_seconds_sum{${vendor},operation="purge"}`]: perMinute(50),
  [`caretaker_batch_attempts_total{${vendor},result="done"}`]: perMinute(5),
  [`caretaker_batch_attempts_total{${vendor},result="given-up"}`]: always(0),
  [`caretaker_queue_jobs{${where},queue="caretaker-pointsharp",state="prioritized"}`]: always(3),
  [`caretaker_queue_oldest_age_seconds{${where},queue="caretaker-pointsharp"}`]: always(4000),
  [`caretaker_queue_oldest_age_seconds{${where},queue="caretaker-runs"}`]: always(1),
  [`caretaker_redis_memory_bytes{${where}}`]: always(100e6),
  [`caretaker_redis_max_memory_bytes{${where}}`]: always(1000e6),
  [`caretaker_redis_may_evict{${where}}`]: always(0),
  [`caretaker_redis_lost_total{${where},kind="run",what="purge-windows"}`]: always(0),
};

/** The healthy world with other courses: a name stands for the one series that begins so, or for a new one. */
export function changed(changes: World): World {
  const world: Record<string, Course> = { ...healthy };
  for (const [start, course] of Object.entries(changes)) {
    const known = Object.keys(healthy).filter((series) => matches(series, start));
    if (known.length > 1) throw new Error(`${start} stands for ${known.join(' and ')}`);
    world[known[0] ?? start] = course;
  }
  return world;
}

/** `name value` stands for the series of this name that has a label of this value. */
function matches(series: string, start: string): boolean {
  const [name = '', value] = start.split(' ');
  return series.startsWith(`${name}{`) && (value === undefined || series.includes(`="${value}"`));
}

/** The input of promtool's unit tests that plays a world until a moment, and the alerts that are to fire then. */
export function unitTest(world: World, atSecond: number, fires: readonly string[], stepSeconds: number) {
  const steps = Math.ceil(atSecond / stepSeconds);
  return {
    rule_files: ['rules.json'],
    evaluation_interval: `${stepSeconds}s`,
    tests: [
      {
        interval: `${stepSeconds}s`,
        input_series: Object.entries(world).map(([series, course]) => ({
          series,
          values: Array.from({ length: steps + 1 }, (_, step) => course(step * stepSeconds) ?? '_').join(' '),
        })),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: `${atSecond}s`,
            exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
          },
        ],
      },
    ],
  };
}
