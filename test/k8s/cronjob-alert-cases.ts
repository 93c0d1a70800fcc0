import type { AlertCase } from './alert-cases.ts';
import { always, begun, changed, first, gone } from './worlds.ts';

const minutes = 60;
const hours = 3600;
const days = 24 * hours;

const ours = 'caretaker-purge-windows';
const ourJob = 'caretaker-purge-windows-1';
const lastSuccess = `kube_cronjob_status_last_successful_time ${ours}`;
const created = `kube_cronjob_created ${ours}`;
const lastStart = `kube_cronjob_status_last_schedule_time ${ours}`;
const nextStart = `kube_cronjob_next_schedule_time ${ours}`;
const suspended = `kube_cronjob_spec_suspend ${ours}`;
const isActive = `kube_cronjob_status_active ${ours}`;
const jobIsActive = `kube_job_status_active ${ourJob}`;
const jobStart = `kube_job_status_start_time ${ourJob}`;
const jobFailed = `kube_job_failed ${ourJob}`;
const info = `kube_cronjob_info ${ours}`;
const elsewhere = { [`kube_cronjob_info{namespace="other",cronjob="${ours}"}`]: always(1) };

/** Active since the midnight before, as by a Job that does not end. */
const running = { [isActive]: always(1), [jobIsActive]: always(1) };

const failedAtTen = {
  [jobFailed]: first(always(0), 10 * hours, always(1)),
  [jobStart]: first(begun, 10 * hours, always(10 * hours - 300)),
};

/** A schedule for working days, seen on a Monday: the Job before was on Friday, the next one is tomorrow. */
const monday = 3 * days;
const overWeekend = {
  [lastStart]: first(always(0), monday, always(monday)),
  [nextStart]: first(always(monday), monday, always(monday + 1 * days)),
};

/** Ten minutes after a full hour. */
const firstStart = 1 * days + 10 * minutes;

/** What happens to CronJobs, in a cluster that has workers elsewhere. */
export const cronJobCases: readonly AlertCase[] = [
  ['a Job that failed', changed(failedAtTen), 10.1 * hours, ['CaretakerCronJobFailed']],
  [
    'a Job that failed, the first one of all',
    changed({ [jobFailed]: always(1), [jobStart]: always(60), [lastSuccess]: gone }),
    900,
    ['CaretakerCronJobFailed'],
  ],
  [
    'a Job that failed and another one that succeeded after it',
    changed({ ...failedAtTen, [lastSuccess]: first(always(600), 11 * hours, always(11 * hours)) }),
    12 * hours,
    [],
  ],
  [
    'a Job that failed, of a CronJob that is read by two kube-state-metrics',
    changed({
      ...failedAtTen,
      [`kube_job_owner{namespace="crons",job_name="${ourJob}",owner_kind="CronJob",owner_name="${ours}",pod="ksm-2"}`]:
        always(1),
      [`kube_job_failed{namespace="crons",job_name="${ourJob}",condition="true",pod="ksm-2"}`]: always(1),
    }),
    10.1 * hours,
    ['CaretakerCronJobFailed'],
  ],

  ['Jobs without a success for less than two periods', changed({ [lastSuccess]: always(0) }), 47 * hours, []],
  [
    'Jobs without a success for two periods',
    changed({ [lastSuccess]: always(0) }),
    50 * hours,
    ['CaretakerCronJobNoSuccess'],
  ],
  ['Jobs that never succeeded', changed({ [lastSuccess]: gone }), 50 * hours, ['CaretakerCronJobNoSuccess']],
  [
    'a CronJob that was made a minute before its first Job',
    changed({
      [created]: always(firstStart - 60),
      [lastStart]: first(gone, firstStart, always(firstStart)),
      [nextStart]: first(always(firstStart), firstStart, always(firstStart + days)),
      [lastSuccess]: gone,
    }),
    firstStart + 45 * minutes,
    [],
  ],
  [
    'a Monday, before the Job of it has ended',
    changed({ ...overWeekend, [lastSuccess]: always(600), [isActive]: first(always(0), monday, always(1)) }),
    monday + 90 * minutes,
    [],
  ],

  [
    'a CronJob that the cluster starts five minutes late',
    changed({ [nextStart]: (second) => second - 300 }),
    1200,
    [],
  ],
  [
    'a CronJob that the cluster does not start',
    changed({ [nextStart]: always(0) }),
    1200,
    ['CaretakerCronJobLate'],
  ],
  ['a start that waits for the Job before it', changed({ [nextStart]: always(0), ...running }), 1200, []],

  ['a Job that has run for four hours', changed(running), 4 * hours, []],
  ['a Job that has run for six hours', changed(running), 6 * hours, ['CaretakerCronJobTooLong']],

  [
    'a CronJob that is suspended for half a day',
    changed({ [suspended]: always(1), [nextStart]: gone }),
    12 * hours,
    [],
  ],
  [
    'a CronJob that is suspended for a day',
    changed({ [suspended]: always(1), [nextStart]: gone }),
    25 * hours,
    ['CaretakerCronJobSuspended'],
  ],
  [
    'a CronJob that is suspended for three days, without a success',
    changed({
      [suspended]: first(always(0), 1 * days, always(1)),
      [nextStart]: first(always(1 * days), 1 * days, gone),
      [lastStart]: always(0),
      [lastSuccess]: always(600),
    }),
    4 * days,
    ['CaretakerCronJobSuspended'],
  ],

  ['no CronJob anywhere', changed({ [info]: gone }), 900, ['CaretakerCronJobsAbsent']],
  [
    'no CronJob here, but elsewhere',
    changed({ [info]: first(always(1), 600, gone), ...elsewhere }),
    3600,
    ['CaretakerCronJobsAbsent'],
  ],
];
