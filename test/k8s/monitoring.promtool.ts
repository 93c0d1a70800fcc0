import { describe, expect, it } from 'vitest';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { type RuleGroups, readRules } from './alerts.ts';
import { findPromtool, howToGetPromtool, promtool } from './promtool.ts';
import { unitTest } from './worlds.ts';

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
    ['no worker anywhere', 'absent(', 'sum('],
  ])('a broken rule is found by promtool test with %s: %s → %s', (what, sound, other) => {
    const alertCase = alertCases.find(([name]) => name === what) as AlertCase;
    const { ok, said } = play(alertCase, broken(sound, other));
    expect(said).toContain('FAILED');
    expect(ok).toBe(false);
  });
});
