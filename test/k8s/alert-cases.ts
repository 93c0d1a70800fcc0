import { cronJobCases } from './cronjob-alert-cases.ts';
import { always, changed, first, gone, healthy, now, perMinute, type World } from './worlds.ts';

const hours = 3600;
const days = 24 * hours;

/** What happens, how long it has lasted, and which alerts fire then: these and no others. */
export type AlertCase = readonly [what: string, world: World, atSecond: number, fires: readonly string[]];

const job = 'namespace="care",job="purge-windows"';
const success = 'caretaker_run_last_success_timestamp_seconds';
const observed = `${success}{${job},mode="observe"}`;
const elsewhere = { 'caretaker_build_info{namespace="other",instance="10.0.0.9:9100"}': always(1) };
const otherHeld = { 'caretaker_held_runs{namespace="other",job="purge-windows"}': always(0) };
const starved = { caretaker_vendor_budget_waited_seconds_total: perMinute(110) };
const stuck = { 'caretaker_batch_attempts_total done': always(5) };

const workerCases: readonly AlertCase[] = [
  ['all is well', healthy, 3 * hours, []],
  ['all is well for weeks', healthy, 16 * days, []],

  ['no success for less than two periods', changed({ [success]: always(0) }), 47 * hours, []],
  ['no success for two periods', changed({ [success]: always(0) }), 49 * hours, ['CaretakerNoSuccess']],
  ['no success yet, but new', changed({ [success]: gone }), 47 * hours, []],
  ['never a success in two periods', changed({ [success]: gone }), 52 * hours, ['CaretakerNeverSucceeded']],
  [
    'never a success of a weekly job in a week and a half',
    changed({ [success]: gone, caretaker_schedule_interval_seconds: always(7 * days) }),
    13 * days,
    [],
  ],
  [
    'never a success of a weekly job',
    changed({ [success]: gone, caretaker_schedule_interval_seconds: always(7 * days) }),
    14 * days + 4 * hours,
    ['CaretakerNeverSucceeded'],
  ],
  [
    'observing since two days',
    changed({ [success]: always(0), [observed]: now }),
    50 * hours,
    ['CaretakerEnforceForgotten'],
  ],
  ['observing for a month', changed({ [success]: always(0), [observed]: now }), 31 * days, []],
  ['observing ever since', changed({ [success]: gone, [observed]: now }), 4 * days, []],
  ['a held run', changed({ caretaker_held_runs: always(1) }), 600, ['CaretakerRunHeld']],
  ['a failed run', changed({ 'caretaker_run_last_status failed': always(1) }), 300, ['CaretakerRunFailed']],
  [
    'a stopped run',
    changed({ 'caretaker_run_last_status stopped': always(1) }),
    300,
    ['CaretakerRunStopped'],
  ],
  ['actions at risk', changed({ caretaker_run_last_at_risk: always(3) }), 300, ['CaretakerAtRisk']],
  [
    'a third of the refreshed too late',
    changed({ caretaker_late_total: perMinute(3) }),
    7200,
    ['CaretakerLate'],
  ],
  [
    'actions without effect',
    changed({ caretaker_run_last_ineffective: always(4) }),
    300,
    ['CaretakerIneffective'],
  ],
  [
    'a twentieth of the users failing',
    changed({ 'caretaker_users_total failed': perMinute(50) }),
    7200,
    ['CaretakerUsersFailing'],
  ],
  [
    'a tenth of the writes failing',
    changed({ 'caretaker_actions_total failed': perMinute(1) }),
    7200,
    ['CaretakerActionsFailing'],
  ],
  [
    'dates of devices that cannot be read',
    changed({ caretaker_users_unreadable_total: perMinute(1) }),
    7200,
    ['CaretakerUsersUnreadable'],
  ],
  [
    'dates of devices that can be read again since two days',
    changed({ caretaker_users_unreadable_total: first(perMinute(1), 7200, always(120)) }),
    50 * hours,
    [],
  ],
  [
    'rows of the roster rejected',
    changed({ caretaker_roster_rejected_total: perMinute(1) }),
    7200,
    ['CaretakerRosterRejected'],
  ],
  [
    'a new finding beside old ones',
    changed({ caretaker_run_last_findings: first(always(2), 26 * hours, always(3)) }),
    28 * hours,
    ['CaretakerNewFindings'],
  ],
  [
    'as many findings as before, and another one among them',
    changed({ caretaker_run_last_new_findings: first(always(0), 2 * hours, always(1)) }),
    3 * hours,
    ['CaretakerNewFindings'],
  ],
  [
    'a finding that was new two days ago',
    changed({
      caretaker_run_last_new_findings: always(1),
      caretaker_run_last_success_timestamp_seconds: always(0),
    }),
    30 * hours,
    [],
  ],
  [
    'the same findings two days later',
    changed({ caretaker_run_last_findings: first(always(2), 26 * hours, always(3)) }),
    52 * hours,
    [],
  ],
  [
    'findings for the first time',
    changed({ caretaker_run_last_findings: first(gone, 2 * hours, always(3)) }),
    3 * hours,
    ['CaretakerNewFindings'],
  ],

  ['a tick five minutes late', changed({ caretaker_schedule_lag_seconds: always(300) }), 1200, []],
  ['an overdue tick', changed({ caretaker_schedule_lag_seconds: now }), 1200, ['CaretakerScheduleLate']],
  [
    'a lost schedule',
    changed({ caretaker_schedule_next_timestamp_seconds: gone }),
    900,
    ['CaretakerScheduleMissing'],
  ],
  [
    'a tick too far ahead for a moment',
    changed({ caretaker_schedule_beyond_seconds: always(3600) }),
    240,
    [],
  ],
  [
    'a tick too far ahead',
    changed({ caretaker_schedule_beyond_seconds: always(3600) }),
    900,
    ['CaretakerScheduleTooFar'],
  ],
  ['a success a minute in the future', changed({ [success]: (second) => second + 60 }), 3 * hours, []],
  [
    'a success in the next year',
    changed({ [success]: always(365 * days) }),
    3 * hours,
    ['CaretakerSuccessInFuture'],
  ],
  [
    'most ticks skipped',
    changed({ 'caretaker_runs_total skipped': perMinute(2) }),
    7200,
    ['CaretakerTicksSkipped'],
  ],
  ['a pause of half a day', changed({ 'caretaker_paused pointsharp': always(1) }), 12 * hours, []],
  [
    'a pause of a day, with a restart in between',
    changed({
      'caretaker_paused pointsharp': first(always(1), 20 * hours, first(gone, 20.3 * hours, always(1))),
    }),
    25 * hours,
    ['CaretakerPauseForgotten'],
  ],
  [
    'a pause that has just ended',
    changed({ 'caretaker_paused pointsharp': first(always(1), 25 * hours, always(0)) }),
    25.1 * hours,
    [],
  ],

  ['a vendor held', changed({ caretaker_vendor_held: always(1) }), 900, ['CaretakerVendorHeld']],
  [
    'a vendor failing',
    changed({ 'caretaker_vendor_requests_total 5xx': perMinute(300) }),
    1800,
    ['CaretakerVendorFailing'],
  ],
  ['a budget that starves the work', changed(starved), 3 * hours, ['CaretakerBudgetStarving']],
  ['a budget that starves nobody', changed({ ...starved, caretaker_queue_jobs: always(0) }), 3 * hours, []],
  [
    'batches given up',
    changed({ 'caretaker_batch_attempts_total given-up': first(always(0), 900, always(2)) }),
    1800,
    ['CaretakerBatchesGivenUp'],
  ],

  ['a queue that does not move', changed(stuck), 3600, ['CaretakerQueueStuck']],
  ['a queue that a person paused', changed({ ...stuck, 'caretaker_paused pointsharp': always(1) }), 3600, []],
  [
    'a run that nobody takes',
    changed({ 'caretaker_queue_oldest_age_seconds caretaker-runs': now }),
    3600,
    ['CaretakerQueueStuck'],
  ],
  [
    'Redis filling',
    changed({ caretaker_redis_memory_bytes: always(850e6) }),
    900,
    ['CaretakerRedisMemoryHigh'],
  ],
  [
    'Redis full',
    changed({ caretaker_redis_memory_bytes: always(960e6) }),
    900,
    ['CaretakerRedisMemoryFull', 'CaretakerRedisMemoryHigh'],
  ],
  [
    'Redis without a limit',
    changed({ caretaker_redis_memory_bytes: always(960e6), caretaker_redis_max_memory_bytes: always(0) }),
    900,
    [],
  ],
  [
    'Redis that may evict',
    changed({ caretaker_redis_may_evict: always(1) }),
    900,
    ['CaretakerRedisMayEvict'],
  ],
  [
    'a run lost with Redis',
    changed({ caretaker_redis_lost_total: first(always(0), 600, always(1)) }),
    900,
    ['CaretakerLostWithRedis'],
  ],
  ['Redis out of reach', changed({ caretaker_held_runs: gone }), 900, ['CaretakerRedisUnreachable']],

  ['no worker anywhere', changed({ caretaker_build_info: gone }), 900, ['CaretakerAbsent']],
  [
    'no worker here, but elsewhere',
    changed({ caretaker_build_info: first(always(1), 600, gone), ...elsewhere, ...otherHeld }),
    3600,
    ['CaretakerAbsent'],
  ],
  ['a pod that hangs', changed({ up: always(0) }), 900, ['CaretakerTargetDown']],
  ['a pod that is not ready', changed({ kube_pod_status_ready: always(0) }), 900, ['CaretakerNotReady']],
  [
    'a pod that starts every ten minutes',
    changed({ process_start_time_seconds: (second) => Math.floor(second / 600) * 600 }),
    3600,
    ['CaretakerRestarting'],
  ],
  [
    'a pod that fills its memory',
    changed({ process_resident_memory_bytes: always(380e6) }),
    900,
    ['CaretakerMemoryHigh'],
  ],
  [
    'a pod that is too busy',
    changed({ nodejs_eventloop_lag_p99_seconds: always(0.8) }),
    900,
    ['CaretakerEventLoopBlocked'],
  ],
];

export const alertCases: readonly AlertCase[] = [...workerCases, ...cronJobCases];
