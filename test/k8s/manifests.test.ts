import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { jobs } from '../../src/jobs/index.ts';
import { runCaretaker } from '../support/caretaker.ts';
import { problemsOf } from './checks/all.ts';
import { openings } from './checks/network.ts';
import { components, deployments, exampleSecrets } from './deployments.ts';
import { type Container, containersOf, type Manifest, nameOf, podTemplates } from './manifest.ts';
import { mountedBelow } from './mounted.ts';
import { folderOf, render, renderByKubectl, renderText, renderWith } from './render.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caretaker-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ours = (manifests: readonly Manifest[]) =>
  podTemplates(manifests).filter(({ labels }) => labels['app.kubernetes.io/name'] === 'caretaker');

const mounted = (container: Container, manifests: readonly Manifest[]) =>
  mountedBelow(folder, container, manifests);

const now = DateTime.fromISO('2026-03-01T12:00:00Z');

describe('the manifests', () => {
  it('the manifests are looked at whole', () => {
    expect(deployments).toEqual(
      expect.arrayContaining([
        'cronjob',
        'overlays/cronjob-enforce',
        'overlays/enforce',
        'overlays/observe',
        'overlays/trial',
      ]),
    );
    expect(components).toEqual(
      expect.arrayContaining(['components/autoscaling', 'components/cronjob-alerts', 'components/redis']),
    );
    expect(exampleSecrets).toHaveLength(3);
  });

  it.each(deployments)('the manifests have nothing wrong in %s', async (name) => {
    const manifests = await render(folderOf(name));
    expect(manifests.length).toBeGreaterThan(5);
    expect(await problemsOf(manifests, exampleSecrets)).toEqual([]);
  });

  it.each(['overlays/observe', 'overlays/enforce'])(
    'the manifests have nothing wrong in %s with every component',
    async (overlay) => {
      const manifests = await renderWith(overlay, components);
      expect(await problemsOf(manifests, exampleSecrets)).toEqual([]);
    },
  );

  it.each(['cronjob', 'overlays/cronjob-enforce'])(
    'the manifests have nothing wrong in %s with the components that are for CronJobs',
    async (overlay) => {
      const manifests = await renderWith(overlay, ['components/cronjob-alerts', 'components/redis']);
      expect(manifests.map(nameOf)).toEqual(
        expect.arrayContaining(['PrometheusRule caretaker-cronjobs', 'StatefulSet caretaker-redis']),
      );
      expect(await problemsOf(manifests, exampleSecrets)).toEqual([]);
    },
  );

  it.each(components)('the manifests can be taken with %s alone', async (component) => {
    const [without, having] = [
      await renderWith('overlays/observe', []),
      await renderWith('overlays/observe', [component]),
    ];
    expect(having.length).toBeGreaterThan(without.length);
    expect(await problemsOf(having, exampleSecrets)).toEqual([]);
  });

  it('the manifests are rendered by kubectl alike, where there is one', async ({ skip }) => {
    const rendered = await renderByKubectl(folderOf('overlays/trial'));
    if (rendered === undefined) skip('no kubectl that knows components');
    expect(rendered).toBe(await renderText(folderOf('overlays/trial')));
  });

  it.each(['overlays/observe', 'overlays/trial', 'cronjob'])(
    'the manifests give the program in %s a configuration that it accepts, in observe',
    async (name) => {
      const manifests = await render(folderOf(name));
      // The simulators of a trial read no variable.
      const containers = ours(manifests)
        .flatMap(containersOf)
        .filter(({ spec }) => spec.envFrom);
      expect(containers.length).toBeGreaterThan(1);
      for (const container of containers) {
        const config = loadConfig(await mounted(container, manifests), jobs, now);
        expect(config.mode).toBe('observe');
        expect(config.warnings).toEqual([]);
      }
    },
  );

  it.each(['overlays/enforce', 'overlays/cronjob-enforce'])(
    'the manifests in %s do not enforce before a person has said in what the notice counts',
    async (name) => {
      const manifests = await render(folderOf(name));
      const [container] = ours(manifests).flatMap(containersOf);
      const environment = await mounted(container as Container, manifests);
      expect(() => loadConfig(environment, jobs, now)).toThrow(/1 variable[\s\S]*REFRESH_TIMED_DEVICES_UNIT/);
      const settled = loadConfig({ ...environment, REFRESH_TIMED_DEVICES_UNIT: 'days' }, jobs, now);
      expect(settled.mode).toBe('enforce');
      expect(settled.warnings).toEqual([]);
    },
  );

  it.each([
    ['overlays/observe', 'overlays/enforce'],
    ['cronjob', 'overlays/cronjob-enforce'],
  ])('the manifests differ between %s and %s in the policies only', async (observing, enforcing) => {
    const hashed = (text: string) => text.replaceAll(/caretaker-[a-z0-9]{10}\b/g, 'caretaker-HASH');
    const [observe, enforce] = await Promise.all(
      [observing, enforcing].map(async (name) => hashed(await renderText(folderOf(name)))),
    );
    const lines = new Set(observe?.split('\n'));
    expect(enforce?.split('\n').filter((line) => !lines.has(line))).toEqual([
      '  CARETAKER_MODE: enforce',
      '  REFRESH_TIMED_DEVICES_UNIT: set-me',
    ]);
  });

  it('the manifests let a CronJob fail for what a person has to look at, and for nothing else', async () => {
    const manifests = await render(folderOf('cronjob'));
    const [container] = ours(manifests).flatMap(containersOf);
    const config = loadConfig(await mounted(container as Container, manifests), jobs, now);
    expect(config.failOn).toEqual(['failed', 'held', 'stopped']);
  });

  it('the manifests start the program with commands and options that it has', async () => {
    const manifests = [
      ...(await render(folderOf('overlays/observe'))),
      ...(await render(folderOf('cronjob'))),
    ];
    const commands: string[][] = ours(manifests)
      .flatMap(containersOf)
      .flatMap(({ spec }) => (spec.command ? [] : [spec.args]));
    const helps = new Map<string, string>();
    for (const command of new Set(commands.map(([word = '']) => word))) {
      helps.set(command, (await runCaretaker([command, '--help'], {})).output);
    }
    for (const [command = '', ...words] of commands) {
      expect(helps.get(command)).toContain(`Usage: caretaker ${command}`);
      for (const word of words) {
        if (word.startsWith('--')) expect(helps.get(command)).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
        else expect(jobs.map(({ name }) => name)).toContain(word);
      }
    }
    expect(commands.filter(([command]) => command === 'run')).toHaveLength(jobs.length);
  });

  it('the manifests let the pods reach DNS, Redis and the two vendors, and Prometheus reach them, and nothing else', async () => {
    const manifests = await renderWith('overlays/observe', ['components/redis']);
    const [worker] = ours(manifests);
    const redis = podTemplates(manifests).find(({ owner }) => owner.startsWith('StatefulSet'));
    expect(worker && openings(worker, manifests)).toEqual([
      'TCP 443 to an address',
      'TCP 443 to an address',
      'TCP 53 to kube-system/kube-dns',
      'TCP 6379 to caretaker-redis',
      'TCP ops from monitoring',
      'UDP 53 to kube-system/kube-dns',
    ]);
    expect(redis && openings(redis, manifests)).toEqual(['TCP redis from caretaker']);
  });

  it('the manifests give Redis in trials what the program demands of it', async () => {
    const manifests = await render(folderOf('overlays/trial'));
    const { spec } = manifests.find(({ kind }) => kind === 'StatefulSet') as Manifest;
    const words: string[] = spec.template.spec.containers[0].args;
    const settingOf = (name: string) => words[words.indexOf(`--${name}`) + 1];
    expect(['appendonly', 'maxmemory-policy'].map(settingOf)).toEqual(['yes', 'noeviction']);
    expect(spec.volumeClaimTemplates[0].metadata.name).toBe('data');
  });
});
