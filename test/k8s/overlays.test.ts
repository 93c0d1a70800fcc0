import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVersion } from '../../src/domain/version.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { problemsOf } from './checks/all.ts';
import { environmentOf } from './checks/environment.ts';
import { openings } from './checks/network.ts';
import { writeCronJobExample } from './cronjob-example.ts';
import { exampleSecrets } from './deployments.ts';
import { containersOf, type Manifest, nameOf, podTemplates } from './manifest.ts';
import { folderOf, objectsIn, render, renderWith } from './render.ts';

const read = (path: string) => readFileSync(join(folderOf('.'), path), 'utf8');

function objectOf(name: string, manifests: readonly Manifest[]): Manifest {
  const found = manifests.find((one) => nameOf(one) === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

function templateOf(owner: string, manifests: readonly Manifest[]) {
  const template = podTemplates(manifests).find((one) => one.owner === owner);
  if (!template) throw new Error(`there is no ${owner}`);
  return template;
}

describe('the trial', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(folderOf('overlays/trial'));
  });
  const worker = () => templateOf('Deployment caretaker-worker', manifests);

  it('the trial reaches nobody but DNS and its own Redis', () => {
    expect(openings(worker(), manifests).filter((one) => one.includes(' to '))).toEqual([
      'TCP 53 to kube-system/kube-dns',
      'TCP 6379 to caretaker-redis',
      'UDP 53 to kube-system/kube-dns',
    ]);
  });

  it('the trial has one pod, whose vendors run before its doctor looks and for as long as it works', () => {
    const { spec } = objectOf('Deployment caretaker-worker', manifests);
    expect({ replicas: spec.replicas, strategy: spec.strategy }).toEqual({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
    const containers = containersOf(worker());
    expect(containers.map(({ spec: own }) => own.name)).toEqual([
      'simulators',
      'roster',
      'doctor',
      'caretaker',
    ]);
    expect(containers[0]?.spec).toMatchObject({
      restartPolicy: 'Always',
      args: ['simulate', '--users', '2000'],
    });
    expect(new Set(containers.map(({ spec: own }) => own.image))).toEqual(
      new Set(['device-caretaker:trial']),
    );
  });

  it('the trial asks its vendors where the simulators listen when they are told no ports', async () => {
    const { output } = await runCaretaker(['simulate', '--help'], {});
    const [container] = containersOf(worker()).filter(({ spec }) => spec.envFrom);
    const { POINTSHARP_URL, SUPEROFFICE_URL } = container ? environmentOf(container, manifests) : {};
    for (const [name, address = ''] of Object.entries({ POINTSHARP_URL, SUPEROFFICE_URL })) {
      const { hostname, port } = new URL(address);
      const option = `--${name.replace('_URL', '').toLowerCase()}-port`;
      expect(hostname).toBe('127.0.0.1');
      expect(output).toMatch(new RegExp(`${option}[^-]*default:\\s+${port}\\)`));
    }
  });

  it('the trial needs no Secret of a roster', () => {
    const volumes: { name: string; secret?: { secretName: string } }[] = worker().spec.volumes;
    expect(volumes.flatMap(({ secret }) => secret?.secretName ?? [])).toEqual(['caretaker']);
  });

  it('the scripts in the pod of the trial are sound JavaScript', async () => {
    const [simulators, roster] = containersOf(worker());
    const [, , probe] = simulators?.spec.startupProbe.exec.command ?? [];
    const [, , , script] = roster?.spec.command ?? [];
    for (const [text, type] of [
      [probe, 'commonjs'],
      [script, 'module'],
    ]) {
      const checked = promisify(execFile)(process.execPath, ['--check', `--input-type=${type}`, '-']);
      checked.child.stdin?.end(text);
      await expect(checked).resolves.toMatchObject({ stderr: '' });
    }
  });
});

describe('the example for a repository of one’s own', () => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(folderOf('overlays/example'));
  });

  it('the example puts everything into its own namespace', () => {
    const elsewhere = manifests.filter(
      ({ kind, metadata }) =>
        kind !== 'Namespace' && Reflect.get(metadata, 'namespace') !== 'device-maintenance',
    );
    expect(elsewhere.map(nameOf)).toEqual([]);
    expect(manifests.map(nameOf)).toContain('Namespace device-maintenance');
  });

  it('the example names its image by digest, from a registry of its own', () => {
    const images = containersOf(templateOf('Deployment caretaker-worker', manifests)).map(
      ({ spec }) => spec.image,
    );
    expect(images).toHaveLength(2);
    for (const image of images)
      expect(image).toMatch(/^registry\.example\.com\/device-caretaker@sha256:[0-9a-f]{64}$/);
  });

  it('the example says once where the runbook is, and every alert leads there, to its own heading', () => {
    const { spec } = objectOf('PrometheusRule caretaker', manifests);
    const rules: { alert: string; annotations: { runbook_url: string } }[] = spec.groups.flatMap(
      ({ rules: of }: { rules: unknown[] }) => of,
    );
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.map(({ annotations }) => annotations.runbook_url)).toEqual(
      rules.map(({ alert }) => `https://wiki.example.org/device-caretaker/runbook#${alert.toLowerCase()}`),
    );
    expect(manifests.map(nameOf)).not.toContainEqual(expect.stringContaining('ConfigMap runbook'));
  });

  it('the example replaces the addresses that are reserved for documentation', () => {
    const text = JSON.stringify(manifests);
    expect(text).toContain('203.0.113.10/32');
    expect(text).not.toMatch(/192\.0\.2\.|198\.51\.100\./);
  });
});

it('the example becomes one of CronJobs by the two changes that docs/kubernetes.md tells', async () => {
  const folder = await writeCronJobExample();
  try {
    const manifests = await render(folder);
    expect(await problemsOf(manifests, exampleSecrets)).toEqual([]);
    expect(manifests.map(nameOf)).toEqual(
      expect.arrayContaining(['Namespace device-maintenance', 'CronJob caretaker-purge-windows']),
    );
    expect(JSON.stringify(manifests)).not.toMatch(/runbooks\.example\.com|"namespace":"caretaker"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('the labels and annotations', () => {
  it.each(['overlays/observe', 'cronjob'])(
    'every object of ours in %s has the version of the project, and no selector has it',
    async (name) => {
      const manifests = (await render(folderOf(name))).filter(({ kind }) => kind !== 'Namespace');
      for (const manifest of manifests) {
        expect([nameOf(manifest), manifest.metadata.labels]).toEqual([
          nameOf(manifest),
          expect.objectContaining({
            'app.kubernetes.io/part-of': 'device-caretaker',
            'app.kubernetes.io/version': readVersion(),
          }),
        ]);
        expect(JSON.stringify(manifest.spec?.selector ?? {})).not.toContain('version');
      }
      for (const { spec } of podTemplates(manifests).flatMap(containersOf)) {
        expect(spec.image).toBe(`device-caretaker:${readVersion()}`);
      }
    },
  );

  it('the metrics are scraped by annotation or by PodMonitor, never by both', async () => {
    const without = await renderWith('overlays/observe', []);
    const having = await renderWith('overlays/observe', ['components/monitoring']);
    const annotated = (manifests: readonly Manifest[]) =>
      manifests.filter((one) => JSON.stringify(one.metadata).includes('prometheus.io/scrape')).map(nameOf);
    expect(annotated(without)).toEqual(['Service caretaker']);
    expect(annotated(having)).toEqual([]);
    expect(having.map(nameOf)).toContain('PodMonitor caretaker');
  });
});

it('the roster on a volume is in place of its Secret, for workers, for CronJobs and for commands', async () => {
  const both = await Promise.all(
    ['overlays/observe', 'cronjob'].map((overlay) => renderWith(overlay, ['components/roster-volume'])),
  );
  const templates = both.flatMap(podTemplates);
  expect(templates).toHaveLength(5);
  for (const { owner, spec } of templates) {
    const volumes: { name: string }[] = spec.volumes;
    expect([owner, volumes.find(({ name }) => name === 'roster')]).toEqual([
      owner,
      { name: 'roster', persistentVolumeClaim: { claimName: 'caretaker-roster', readOnly: true } },
    ]);
  }
  expect(both.flat().map(nameOf)).toContain('PersistentVolumeClaim caretaker-roster');
});

it('the External Secrets make the Secrets that the examples have, key by key', () => {
  const external = objectsIn(read('common/external-secret.example.yaml'));
  const made = external.map(({ spec }) => [
    spec.target.name,
    spec.data.map(({ secretKey }: { secretKey: string }) => secretKey),
  ]);
  const wanted = exampleSecrets
    .filter(({ metadata }) => metadata.name !== 'caretaker-redis')
    .map(({ metadata, stringData }) => [metadata.name, Object.keys(stringData)]);
  expect(made).toEqual(wanted);
});
