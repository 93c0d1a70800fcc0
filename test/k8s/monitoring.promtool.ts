import { describe, expect, it } from 'vitest';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { type RuleGroups, readCronJobRules, readRules } from './alerts.ts';
import { findPromtool, howToGetPromtool, promtool } from './promtool.ts';
import { healthyCronJobs, unitTest } from './worlds.ts';

const program = findPromtool() ?? missing();
const rules = readRules();

const hours = 3600;

function missing(): never {
  throw new Error(howToGetPromtool);
}

/** Minutes are looked at one by one, days in larger steps. */
function play([, world, atSecond, fires]: AlertCase, groups: RuleGroups) {
  const stepSeconds = atSecond <= 4 * hours ? 60 : atSecond <= 60 * hours ? 300 : 1800;
  const test = unitTest(world, Math.round(atSecond / stepSeconds) * stepSeconds, fires, stepSeconds);
  return promtool(program, ['test', 'rules'], { 'rules.json': groups, 'tests.json': test });
}

function broken(sound: string, other: string): RuleGroups {
  const text = JSON.stringify(rules);
  expect(text).toContain(sound);
  return JSON.parse(text.replaceAll(sound, other));
}

describe('The rules, by promtool', () => {
  it('the rules are what Prometheus reads', () => {
    const { ok, said } = promtool(program, ['check', 'rules'], { 'rules.json': rules });
    expect(said).toContain('SUCCESS');
    expect(ok).toBe(true);
  });

  it.each(
    alertCases.map(
      (alertCase) => [alertCase[0], alertCase[3].join(' and ') || 'no alert', alertCase] as const,
    ),
  )('the rules turn %s into %s', (_what, _fires, alertCase) => {
    const { ok, said } = play(alertCase, rules);
    expect(ok, said).toBe(true);
  });
});

describe('The rules for CronJobs, where there is no worker', () => {
  it.each([3 * hours, 16 * 24 * hours])(
    'the rules for CronJobs need no worker: all is well after %d seconds',
    (atSecond) => {
      const { ok, said } = play(['CronJobs alone', healthyCronJobs, atSecond, []], readCronJobRules());
      expect(ok, said).toBe(true);
    },
  );
});

describe('A broken rule', () => {
  it.each([
    ['humanizeDuration', 'humaniseDuration'],
    ['max by (namespace, job) (caretaker_held_runs', 'max by (namespace, job) caretaker_held_runs'],
    ['"alert":', '"alarm":'],
    ['"for":"15m"', '"for":"soon"'],
  ])('a broken rule is found by promtool check: %s → %s', (sound, other) => {
    const { ok, said } = promtool(program, ['check', 'rules'], { 'rules.json': broken(sound, other) });
    expect(said).toContain('FAILED');
    expect(ok).toBe(false);
  });

  it.each([
    ['no success for two periods', '> 2 * max', '> 20 * max'],
    ['no success for less than two periods', '> 2 * max', '> 1 * max'],
    ['never a success in two periods', 'unless max by', 'and max by'],
    ['a held run', '(caretaker_held_runs) > 0', '(caretaker_held_runs) > 1'],
    ['actions at risk', 'caretaker_run_last_at_risk', 'caretaker_run_last_at_risks'],
    ['a budget that starves the work', '"for":"2h"', '"for":"4h"'],
    [
      'a budget that starves nobody',
      'and on (namespace, vendor) label_replace',
      'or on (namespace, vendor) label_replace',
    ],
    ['Redis filling', '> 0.8', '> 0.9'],
    ['an overdue tick', '> 600', '> 6000'],
    ['no worker anywhere', 'absent(caretaker', 'sum(caretaker'],
    ['a Job that failed', '> on (namespace, cronjob) (', '< on (namespace, cronjob) ('],
    [
      'a Job that failed, the first one of all',
      'or max by (namespace, cronjob) (kube_cronjob_created)',
      'and max by (namespace, cronjob) (kube_cronjob_created)',
    ],
    [
      'a Job that failed and another one that succeeded after it',
      '> on (namespace, cronjob) (',
      '!= on (namespace, cronjob) (',
    ],
    [
      'a Job that failed, of a CronJob that is read by two kube-state-metrics',
      'max by (namespace, job_name, owner_name)',
      'max by (namespace, job_name, owner_name, pod)',
    ],
    ['all is well', 'owner_name=~\\"caretaker-.+\\"', 'owner_name=~\\".+\\"'],
    [
      'all is well',
      'kube_cronjob_next_schedule_time{cronjob=~\\"caretaker-.+\\"}',
      'kube_cronjob_next_schedule_time',
    ],
    ['Jobs without a success for two periods', '> 2 * max_over_time', '> 20 * max_over_time'],
    ['Jobs without a success for less than two periods', '> 2 * max_over_time', '> 1 * max_over_time'],
    ['a CronJob that was made a minute before its first Job', '"for":"75m"', '"for":"10m"'],
    ['a Monday, before the Job of it has ended', '[8d:1h]', '[10m:1m]'],
    [
      'a CronJob that is suspended for three days, without a success',
      'unless on (namespace, cronjob) max by (namespace, cronjob) (kube_cronjob_spec_suspend) == 1',
      '',
    ],
    ['a CronJob that the cluster does not start', '> 600', '> 6000'],
    [
      'a start that waits for the Job before it',
      'unless on (namespace, cronjob) max by (namespace, cronjob) (kube_cronjob_status_active) > 0',
      '',
    ],
    ['a Job that has run for four hours', '> 0.5', '> 0.3'],
    ['a Job that has run for six hours', '> 0.5', '> 0.9'],
    ['a CronJob that is suspended for a day', '"for":"1d"', '"for":"2d"'],
    ['a CronJob that is suspended for half a day', '"for":"1d"', '"for":"1h"'],
    ['no CronJob anywhere', 'absent(kube_cronjob_info', 'sum(kube_cronjob_info'],
  ])('a broken rule is found by promtool test with %s: %s → %s', (what, sound, other) => {
    const alertCase = alertCases.find(([name]) => name === what) as AlertCase;
    const { ok, said } = play(alertCase, broken(sound, other));
    expect(said).toContain('FAILED');
    expect(ok).toBe(false);
  });
});
