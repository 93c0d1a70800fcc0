import { describe, expect, it } from 'vitest';
import { metricNames } from '../../src/ops/metrics/metrics.ts';
import { type AlertRule, alertProblems, readRules, readRunbook, runbookHeadings } from './alerts.ts';
import { ownMetrics } from './known-metrics.ts';
import { queryProblems } from './query-problems.ts';

const rules = readRules().groups.flatMap((group) => group.rules);
const names = rules.map(({ alert }) => alert);

describe('The alerts', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))('the alert %s is sound', (_name, rule) => {
    expect(alertProblems(rule)).toEqual([]);
  });

  it('the alerts have each a name of their own', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('the alerts are those of the runbook, in its order', () => {
    expect(runbookHeadings(readRunbook())).toEqual(names);
  });

  it('the alerts are each explained: what it means, how to look, what to do', () => {
    const sections = readRunbook().split(/^### /m).slice(1);
    for (const section of sections) {
      const paragraphs = [...section.matchAll(/^\*\*(\w+)\*\*/gm)].map(([, word]) => word);
      expect(paragraphs, section.split('\n')[0]).toEqual(['Means', 'Look', 'Do']);
    }
  });

  it('the checks of the alerts know the metrics of the program, no more and no fewer', () => {
    const own = metricNames().filter((name) => name.startsWith('caretaker_'));
    expect(Object.keys(ownMetrics).sort()).toEqual(own.sort());
  });
});

describe('A broken alert', () => {
  const sound = rules.find(({ alert }) => alert === 'CaretakerRunFailed') as AlertRule;
  const { annotations, labels } = sound;

  it.each<[string, Partial<AlertRule>]>([
    ['no PromQL', { expr: 'max by (job) (caretaker_held_runs' }],
    ['no PromQL', { expr: 'max by (job) caretaker_held_runs > 0' }],
    ['no metric caretaker_helt_runs', { expr: 'max by (namespace, job) (caretaker_helt_runs) > 0' }],
    ['has no label stauts', { expr: 'max by (namespace, job) (caretaker_run_last_status{stauts="failed"})' }],
    ['status of caretaker_run_last_status is never faild', { expr: sound.expr.replace('failed', 'faild') }],
    ['is never gone', { expr: 'max by (job) (caretaker_run_last_status{status=~"failed|gone"})' }],
    ['has no label jobb to group by', { expr: 'max by (jobb) (caretaker_held_runs) > 0' }],
    ['has no label vendor to group by', { expr: 'max by (job, vendor) (caretaker_held_runs) > 0' }],
    [
      'no label wat',
      { expr: 'max by (job) (caretaker_held_runs) and on (wat) max by (job) (caretaker_held_runs)' },
    ],
    ['use rate or increase', { expr: 'sum by (job) (caretaker_late_total) > 0' }],
    ['sum it up', { expr: 'increase(caretaker_late_total{job="audit-pocket"}[1d]) > 0' }],
    ['take the max', { expr: 'sum by (job) (caretaker_held_runs) > 0' }],
    ['asks for no metric', { expr: 'vector(1)' }],
    ['does not begin with Caretaker', { alert: 'RunFailed' }],
    ['a rule has no field annotation', { annotation: {} } as Partial<AlertRule>],
    ['severity', { labels: { ...labels, severity: 'high' } }],
    ['for how long', { for: 'a while' }],
    ['no summary', { annotations: { ...annotations, summary: '' } }],
    ['no description', { annotations: { ...annotations, description: '' } }],
    [
      'heading in the runbook',
      { annotations: { ...annotations, runbook_url: 'https://x.example.com/runbook.md' } },
    ],
    ['shows the label vendor', { annotations: { ...annotations, summary: '{{ $labels.vendor }} failed' } }],
  ])('a broken alert is found: %s', (problem, change) => {
    expect(alertProblems(sound)).toEqual([]);
    expect(alertProblems({ ...sound, ...change }).join('\n')).toContain(problem);
  });

  it('an alert is found that the runbook forgets, and one that it keeps though it is gone', () => {
    const runbook = readRunbook();
    expect(runbookHeadings(runbook.replace('### CaretakerLate\n', ''))).not.toEqual(names);
    expect(runbookHeadings(`${runbook}\n### CaretakerOld\n`)).not.toEqual(names);
  });

  it('no broken alert is found where there is none', () => {
    expect(
      queryProblems('sum by (vendor) (rate(caretaker_batch_attempts_total{result!~"do.*"}[5m])) # fine'),
    ).toEqual([]);
  });
});
