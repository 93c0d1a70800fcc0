import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { jobNames } from '../../src/jobs/index.ts';
import { containersOf, isSelected, type Manifest, nameOf, podTemplates } from './manifest.ts';
import { folderOf, render } from './render.ts';

/* The pages tell what to type in a cluster; what they name there has to be in the manifests. */

const pages = ['docs/runbook.md', 'docs/kubernetes.md', 'README.md'].map((path) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
);

/** Every line for kubectl in a page, from its blocks and between backticks; `<job>` stands for each job. */
function kubectlLines(text: string): string[] {
  const lines = [...text.matchAll(/(?:^|`)(kubectl [^`\n]+)/gm)].map(([, line = '']) => line.trim());
  return lines.flatMap((line) =>
    line.includes('<job>') ? jobNames.map((job) => line.replaceAll('<job>', job)) : [line],
  );
}

const kinds: Readonly<Record<string, string>> = { deploy: 'Deployment', cronjob: 'CronJob' };

/** What a line names that is in no manifest. */
function unknownIn(line: string, manifests: readonly Manifest[]): string[] {
  const templates = podTemplates(manifests);
  const names = [...line.matchAll(/\b(deploy|cronjob)[ /](caretaker[\w-]*)/g)].map(
    ([, kind = '', name]) => `${kinds[kind]} ${name}`,
  );
  const [, label, value = ''] = / -l (app\.kubernetes\.io\/[\w-]+)=([\w-]+)/.exec(line) ?? [];
  const [, container] = / -c (\w+)/.exec(line) ?? [];
  const [, namespace] = / -n (\S+)/.exec(line) ?? [];
  const [, folder] = / -k k8s\/(\S+)/.exec(line) ?? [];
  const containers = templates.flatMap(containersOf).map(({ spec }) => spec.name);
  const wrong = [
    ...names.filter((name) => !manifests.map(nameOf).includes(name)),
    ...(label && !templates.some(({ labels }) => isSelected(labels, { matchLabels: { [label]: value } }))
      ? [`${label}=${value}`]
      : []),
    ...(container && !containers.includes(container) ? [`container ${container}`] : []),
    ...(namespace && !manifests.some((one) => nameOf(one) === `Namespace ${namespace}`)
      ? [`namespace ${namespace}`]
      : []),
    ...(/ (exec|logs|get|describe|scale|patch|create|delete|rollout|port-forward) (?!-k |namespace )/.test(
      line,
    ) && !namespace
      ? ['a line without its namespace']
      : []),
    ...(folder && !folders.includes(folder) ? [`folder k8s/${folder}`] : []),
  ];
  return wrong.map((what) => `${line}: ${what}`);
}

const folders = [
  'namespace',
  'cronjob',
  'overlays/observe',
  'overlays/enforce',
  'overlays/cronjob-enforce',
  'overlays/trial',
  'overlays/example',
];

let manifests: Manifest[];
beforeAll(async () => {
  manifests = (await Promise.all(folders.map((name) => render(folderOf(name))))).flat();
});

describe('the lines for kubectl in the pages', () => {
  it('the lines for kubectl name what is in the manifests, for workers and for CronJobs', () => {
    const lines = pages.flatMap(kubectlLines);
    expect(lines.length).toBeGreaterThan(25);
    expect(lines.filter((line) => line.includes('deploy/caretaker-worker')).length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.includes('deploy/caretaker-command')).length).toBeGreaterThan(2);
    expect(lines.flatMap((line) => unknownIn(line, manifests))).toEqual([]);
  });

  it.each([
    ['kubectl -n caretaker exec deploy/caretaker-workers -- x', 'Deployment caretaker-workers'],
    ['kubectl -n caretaker create job x --from=cronjob/caretaker-purge', 'CronJob caretaker-purge'],
    ['kubectl -n caretaker patch cronjob caretaker-audit -p x', 'CronJob caretaker-audit'],
    ['kubectl -n caretaker get pods -l app.kubernetes.io/component=cron', 'app.kubernetes.io/component=cron'],
    ['kubectl -n caretaker logs x -c doktor', 'container doktor'],
    ['kubectl -n care get pods', 'namespace care'],
    ['kubectl get pods', 'a line without its namespace'],
    ['kubectl apply -k k8s/cron', 'folder k8s/cron'],
  ])('a line for kubectl that leads nowhere is found: %s', (line, what) => {
    expect(unknownIn(line, manifests)).toEqual([`${line}: ${what}`]);
  });
});
