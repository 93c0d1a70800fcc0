import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { targetLabels } from './known-metrics.ts';
import { readQuery } from './promql.ts';
import { queryProblems } from './query-problems.ts';

/** A rule as Prometheus reads it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

const folder = new URL('../../k8s/components/monitoring/', import.meta.url);

/** The text of a file of the component for workers. */
export function componentText(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

/** The groups of a PrometheusRule, which are what Prometheus reads from a file of its own. */
function groupsIn(name: string): RuleGroups {
  return parse(componentText(name)).spec;
}

/** The rules for CronJobs. */
export function readCronJobRules(): RuleGroups {
  return groupsIn('../cronjob-alerts/rules.yaml');
}

/** All rules: those for workers, then those for CronJobs. */
export function readRules(): RuleGroups {
  return { groups: [...groupsIn('rules.yaml').groups, ...readCronJobRules().groups] };
}

export function readRunbook(): string {
  return readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
}

/** The alerts that the runbook has a heading for, in its order. */
export function runbookHeadings(runbook: string): string[] {
  return [...runbook.matchAll(/^### (\S+)$/gm)].map(([, name = '']) => name);
}

/** Kubernetes drops other fields without a word. */
const fields = ['alert', 'expr', 'for', 'labels', 'annotations'];
const severities = ['critical', 'warning', 'info'];

/** What is wrong with an alert; nothing in a sound one. */
export function alertProblems(rule: AlertRule): string[] {
  const { alert, expr, for: lasting, labels, annotations } = rule;
  const { summary = '', description = '', runbook_url: link = '' } = annotations;
  const { groupings, selectors, made } = readQuery(expr);
  const grouped = groupings.filter(({ each }) => each).flatMap((grouping) => grouping.labels);
  const shown = [...grouped, ...made, ...(grouped.length < selectors.length ? targetLabels : [])];
  const used = [...`${summary} ${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
  return [
    ...queryProblems(expr),
    ...Object.keys(rule).flatMap((field) => (fields.includes(field) ? [] : [`a rule has no field ${field}`])),
    ...(/^Caretaker[A-Z][A-Za-z]+$/.test(alert) ? [] : ['its name does not begin with Caretaker']),
    ...(severities.includes(labels.severity ?? '')
      ? []
      : [`its severity is none of ${severities.join(', ')}`]),
    ...(/^\d+[mhd]$/.test(lasting ?? '') ? [] : ['it does not say for how long']),
    ...(summary === '' ? ['it has no summary'] : []),
    ...(description.endsWith('.') ? [] : ['it has no description in sentences']),
    ...(link.endsWith(`/runbook.md#${alert.toLowerCase()}`)
      ? []
      : ['it does not lead to its heading in the runbook']),
    ...used
      .filter((label) => !shown.includes(label))
      .map((label) => `it shows the label ${label}, which it has not`),
  ].map((problem) => `${alert}: ${problem}`);
}
