import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PodMonitor, PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { ConfigMap } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { componentText } from './alerts.ts';

const kustomize = fileURLToPath(import.meta.resolve('kustomize/run.js'));
const component = fileURLToPath(new URL('../../k8s/components/monitoring', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: a manifest may hold anything; the models judge it.
type Manifest = any;

/** Renders a kustomization that has nothing but the component, after a change to one of its files. */
function render(change: (folder: string) => void = () => {}): Manifest[] {
  const root = mkdtempSync(join(tmpdir(), 'caretaker-monitoring-'));
  try {
    cpSync(component, join(root, 'monitoring'), { recursive: true });
    change(join(root, 'monitoring'));
    mkdirSync(join(root, 'overlay'));
    writeFileSync(
      join(root, 'overlay', 'kustomization.yaml'),
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: care\ncomponents: [../monitoring]\n',
    );
    const text = execFileSync(process.execPath, [kustomize, 'build', join(root, 'overlay')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return parseAllDocuments(text).map((document) => document.toJS());
  } finally {
    rmSync(root, { recursive: true });
  }
}

const models: Readonly<Record<string, new (manifest: Manifest) => { validate(): void }>> = {
  PodMonitor,
  PrometheusRule,
  ConfigMap,
};

function validate(manifest: Manifest): void {
  const Model = models[manifest.kind];
  if (!Model) throw new Error(`nothing is known of the kind ${manifest.kind}`);
  new Model(manifest).validate();
}

/** Replaces a text in a file; it has to be there. */
function edit(file: string, sound: string, broken: string): (folder: string) => void {
  return (folder) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(sound);
    writeFileSync(join(folder, file), text.replace(sound, broken));
  };
}

describe('The monitoring component', () => {
  let manifests: Manifest[] = [];
  const one = (kind: string) => manifests.find((manifest) => manifest.kind === kind);

  beforeAll(() => {
    manifests = render();
  });
  afterAll(() => {
    manifests = [];
  });

  it('the monitoring component adds a PodMonitor, a PrometheusRule and a dashboard, in the namespace of the overlay', () => {
    expect(
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).sort(),
    ).toEqual([
      'ConfigMap care/caretaker-dashboard',
      'PodMonitor care/caretaker',
      'PrometheusRule care/caretaker',
    ]);
  });

  it('the monitoring component is what the Prometheus operator understands', () => {
    for (const manifest of manifests) validate(manifest);
  });

  it('the monitoring component hands the dashboard to the sidecar of Grafana as it is in its file', () => {
    const { metadata, data } = one('ConfigMap');
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(Object.keys(data)).toEqual(['caretaker.json']);
    expect(data['caretaker.json']).toBe(componentText('dashboard.json'));
  });

  it('the monitoring component scrapes the port of probes and metrics of every pod of ours', () => {
    const { selector, podMetricsEndpoints } = one('PodMonitor').spec;
    expect(selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'caretaker' });
    expect(podMetricsEndpoints).toMatchObject([{ port: 'ops', path: '/metrics' }]);
  });

  it('the monitoring component gives our label job its name back, under which alerts and dashboard look for it', () => {
    const { metricRelabelings } = one('PodMonitor').spec.podMetricsEndpoints[0];
    expect(metricRelabelings).toEqual([
      { sourceLabels: ['exported_job'], regex: '(.+)', targetLabel: 'job' },
      { action: 'labeldrop', regex: 'exported_job' },
    ]);
  });
});

describe('A broken component', () => {
  it.each([
    ['no list of groups', edit('rules.yaml', '  groups:', '  groups: none\n  rest:'), 'PrometheusRule'],
    ['a time that is none', edit('rules.yaml', 'for: 15m', 'for: soon'), 'PrometheusRule'],
    ['no selector', edit('podmonitor.yaml', '  selector:', '  selektor:'), 'PodMonitor'],
    ['an action that is none', edit('podmonitor.yaml', 'labeldrop', 'labelthrow'), 'PodMonitor'],
  ])('a broken monitoring component is found by the schemas: %s', (_what, change, kind) => {
    const broken = render(change).find((manifest) => manifest.kind === kind);
    expect(() => validate(broken)).toThrow();
  });

  it('a broken monitoring component is found by kustomize: a file that is not there', () => {
    expect(() => render(edit('kustomization.yaml', 'dashboard.json', 'dashbord.json'))).toThrow(
      /dashbord\.json/,
    );
  });
});
