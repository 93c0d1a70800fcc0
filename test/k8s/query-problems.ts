import { type KnownMetric, knownMetrics, targetLabels } from './known-metrics.ts';
import { type Matcher, readQuery, type Selector } from './promql.ts';

const known = knownMetrics();
const ranged = ['rate', 'irate', 'increase'];

/** What is wrong with a query that an alert or a dashboard asks; nothing in a sound one. */
export function queryProblems(query: string): string[] {
  const { errors, selectors, groupings, made } = readQuery(query);
  const hasLabel = (metric: string, label: string) =>
    [...targetLabels, ...made, ...Object.keys(known.get(metric)?.labels ?? {})].includes(label);
  const strangers = groupings.flatMap(({ labels, metrics, each }) =>
    labels.flatMap((label) => {
      const without = metrics.filter((metric) => known.has(metric) && !hasLabel(metric, label));
      const wrong = each ? without : without.length === metrics.length ? without : [];
      return wrong.map((metric) => `${metric} has no label ${label} to group by`);
    }),
  );
  return [
    ...errors,
    ...(selectors.length === 0 ? ['asks for no metric'] : []),
    ...selectors.flatMap(selectorProblems),
    ...strangers,
  ];
}

function selectorProblems({ metric, matchers, around }: Selector): string[] {
  const facts = known.get(metric);
  if (!facts) return [`there is no metric ${metric || 'without a name'}`];
  const problems = matchers.flatMap((matcher) => matcherProblems(metric, facts, matcher));
  if (facts.kind === 'counter') {
    if (!ranged.some((name) => around.includes(name)))
      problems.push(`${metric} is a counter: use rate or increase`);
    else if (metric.startsWith('caretaker_') && !around.includes('sum'))
      problems.push(`${metric} is each process's own: sum it up`);
  }
  if (facts.kind === 'shared' && !around.includes('max') && !around.includes('group'))
    problems.push(`${metric} is the same in every process: take the max of it`);
  return problems;
}

function matcherProblems(
  metric: string,
  { labels }: KnownMetric,
  { label, operator, value }: Matcher,
): string[] {
  if (!(label in labels) && !targetLabels.includes(label)) return [`${metric} has no label ${label}`];
  const values = labels[label];
  if (!values || value.includes('$')) return [];
  const wanted = operator.endsWith('~') ? value.split('|').map((one) => new RegExp(`^(?:${one})$`)) : [value];
  return wanted
    .filter((one) => !values.some((there) => (typeof one === 'string' ? one === there : one.test(there))))
    .map(
      (one) => `${label} of ${metric} is never ${typeof one === 'string' ? one : one.source.slice(4, -2)}`,
    );
}
