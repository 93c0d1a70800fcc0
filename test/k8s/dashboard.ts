import { z } from 'zod';
import { targetLabels } from './known-metrics.ts';
import { readQuery } from './promql.ts';
import { queryProblems } from './query-problems.ts';

/** What we use of a dashboard of Grafana. */
const panel = z.object({
  id: z.number(),
  type: z.enum(['row', 'stat', 'timeseries']),
  title: z.string().min(1),
  description: z.string().optional(),
  datasource: z.object({ type: z.literal('prometheus'), uid: z.string() }).optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number().positive(), h: z.number().positive() }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() })).default([]),
});
const dashboard = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  schemaVersion: z.number(),
  panels: z.array(panel),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
});

type Panel = z.infer<typeof panel>;

/** Variables that Grafana itself fills in, with something of the same kind. */
const builtIn: Readonly<Record<string, string>> = {
  $__rate_interval: '5m',
  $__interval: '1m',
  $__range: '1d',
};

/** What is wrong with the text of a dashboard; nothing in a sound one. */
export function dashboardProblems(text: string): string[] {
  const { success, data, error } = dashboard.safeParse(JSON.parse(text));
  if (!success) return [z.prettifyError(error)];
  const variables = data.templating.list.map(({ name }) => name);
  const ids = data.panels.map(({ id }) => id);
  return [
    ...(new Set(ids).size === ids.length ? [] : ['two panels have the same id']),
    ...overlaps(data.panels),
    ...data.templating.list.flatMap(({ name, type, definition = '' }) =>
      type === 'query' ? variableProblems(definition).map((problem) => `$${name}: ${problem}`) : [],
    ),
    ...data.panels
      .filter(({ type }) => type !== 'row')
      .flatMap((one) => panelProblems(one, variables).map((problem) => `${one.title}: ${problem}`)),
  ];
}

function panelProblems({ description, datasource, targets }: Panel, variables: readonly string[]): string[] {
  return [
    ...(description ? [] : ['it does not say what it shows']),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Grafana writes it.
    ...(datasource?.uid === '${datasource}' ? [] : ['it does not ask the chosen data source']),
    ...(targets.length > 0 ? [] : ['it asks for nothing']),
    ...targets.flatMap(({ expr, legendFormat }) => [
      ...[...expr.matchAll(/\$(\w+)/g)]
        .filter(([whole, name = '']) => !(whole in builtIn) && !variables.includes(name))
        .map(([whole]) => `there is no variable ${whole}`),
      ...queryProblems(filledIn(expr)),
      ...legendProblems(expr, legendFormat),
    ]),
  ];
}

/** A legend that shows a label which was summed away is empty. */
function legendProblems(expr: string, legend: string): string[] {
  const groupings = readQuery(filledIn(expr)).groupings.filter(({ each }) => each);
  const shown = groupings.length > 0 ? groupings.flatMap(({ labels }) => labels) : targetLabels;
  const used = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
  return used
    .filter((label) => !shown.includes(label))
    .map((label) => `its legend shows ${label}, which it has not`);
}

function variableProblems(definition: string): string[] {
  const asked = /^label_values\((.+), (\w+)\)$/.exec(definition);
  if (!asked) return ['it is no label_values(metric, label)'];
  return queryProblems(`max by (${asked[2]}) (${asked[1]})`);
}

function filledIn(expr: string): string {
  return Object.entries(builtIn).reduce((text, [name, value]) => text.replaceAll(name, value), expr);
}

function overlaps(panels: readonly Panel[]): string[] {
  return panels.flatMap((one, index) =>
    panels
      .slice(index + 1)
      .filter(
        ({ gridPos: other }) =>
          one.gridPos.x < other.x + other.w &&
          other.x < one.gridPos.x + one.gridPos.w &&
          one.gridPos.y < other.y + other.h &&
          other.y < one.gridPos.y + one.gridPos.h,
      )
      .map((other) => `${one.title} lies on ${other.title}`),
  );
}
