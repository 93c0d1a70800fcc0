import { describe, expect, it } from 'vitest';
import { componentText } from './alerts.ts';
import { dashboardProblems } from './dashboard.ts';

const text = componentText('dashboard.json');

describe('The dashboard', () => {
  it('the dashboard asks only for what there is', () => {
    expect(dashboardProblems(text)).toEqual([]);
  });

  it('the dashboard has a row for jobs, work, vendors, queues and processes', () => {
    const rows = JSON.parse(text).panels.filter(({ type }: { type: string }) => type === 'row');
    expect(rows.map(({ title }: { title: string }) => title)).toEqual([
      'Jobs',
      'Work',
      'Vendors',
      'Queues and Redis',
      'Processes',
    ]);
  });
});

describe('A broken dashboard', () => {
  it.each([
    ['there is no metric caretaker_helt_runs', 'caretaker_held_runs{', 'caretaker_helt_runs{'],
    ['has no label outcom to group by', 'by (job, outcome)', 'by (job, outcom)'],
    ['its legend shows outcom,', '{{outcome}}', '{{outcom}}'],
    ['there is no variable $jobb', '$job\\"', '$jobb\\"'],
    ['no PromQL', 'sum by (vendor, le) (', 'sum by (vendor, le) '],
    ['state of caretaker_queue_jobs is never compleet', '!~\\"completed|failed', '!~\\"compleet|failed'],
    ['use rate or increase', 'increase(caretaker_users_total', 'abs(caretaker_users_total'],
    [
      'take the max',
      'max by (namespace, queue) (caretaker_queue_old',
      'sum by (namespace, queue) (caretaker_queue_old',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Grafana writes it.
    ['does not ask the chosen data source', '"uid": "${datasource}"', '"uid": "prometheus"'],
    ['does not say what it shows', '"description": "When the schedule fires next."', '"description": ""'],
    ['lies on', '"y": 1,', '"y": 2,'],
    ['two panels have the same id', '"id": 3,', '"id": 2,'],
    ['it is no label_values', '"definition": "label_values(', '"definition": "labels('],
    ['expected', '"schemaVersion"', '"schemaVersions"'],
  ])('a broken dashboard is found: %s', (problem, sound, broken) => {
    expect(text).toContain(sound);
    expect(dashboardProblems(text.replaceAll(sound, broken)).join('\n')).toContain(problem);
  });
});
