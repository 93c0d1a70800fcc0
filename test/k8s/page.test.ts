import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { jobs } from '../../src/jobs/index.ts';
import type { CommandResult } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { environmentOf } from './checks/environment.ts';
import { containersOf, type Manifest, nameOf, type PodTemplate, podTemplates } from './manifest.ts';
import { folderOf, render } from './render.ts';

/*
 * docs/kubernetes.md, followed step by step by somebody who does nothing else. The blocks are given to a shell whose kubectl
 * and docker only write down what they were told; a cluster in memory then takes it, and refuses what a real one would not
 * have. What is to run in a pod runs here, with the variables and files that the pod has.
 */

const page = await readFile(new URL('../../docs/kubernetes.md', import.meta.url), 'utf8');

/** The blocks of a language in one chapter of the page. */
function blocksOf(chapter: string, language: string): string[] {
  const [, text = ''] =
    new RegExp(`^## ${chapter}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );
}

/** A cluster, as far as the page needs one. */
interface Cluster {
  readonly images: Set<string>;
  readonly namespaces: Set<string>;
  /** `namespace/name` → key → value. */
  readonly secrets: Map<string, Record<string, string>>;
  objects: Manifest[];
}

/** Stands between the words of a step, and in none of them. */
const between = '\u0007';

let endToEnd: EndToEnd;
let folder: string;

beforeAll(async () => {
  endToEnd = await openEndToEnd({ users: 30 });
  folder = await mkdtemp(join(tmpdir(), 'caretaker-page-'));
  for (const program of ['kubectl', 'docker', 'openssl']) {
    const path = join(folder, program);
    const says =
      program === 'openssl'
        ? 'echo 0badc0de'
        : `{ printf '${between}%s' ${program} "$@"; echo; } >> "$STEPS"`;
    await writeFile(path, `#!/bin/sh\n${says}\n`);
    await chmod(path, 0o755);
  }
  // What a person has put there, as the page says.
  for (const name of ['redis-url', 'pointsharp-password', 'superoffice-password', 'users.csv']) {
    await writeFile(
      join(folder, name),
      name === 'redis-url' ? 'redis://:0badc0de@caretaker-redis:6379' : 'simulated',
    );
  }
});
afterAll(async () => {
  await endToEnd.close();
  await rm(folder, { recursive: true });
});

/** What a chapter tells kubectl and docker to do, with the words as the shell hands them over. */
async function stepsOf(chapter: string): Promise<string[][]> {
  const file = join(folder, 'steps');
  await writeFile(file, '');
  const environment = { PATH: `${folder}:${process.env.PATH}`, STEPS: file };
  execFileSync('sh', ['-euc', blocksOf(chapter, 'sh').join('\n')], { cwd: folder, env: environment });
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => line.split(between).slice(1));
}

/** Follows a chapter to its end. @throws Error at the first step that the cluster does not have what it takes for */
async function follow(chapter: string): Promise<{ cluster: Cluster; ran: Map<string, CommandResult> }> {
  const cluster: Cluster = { images: new Set(), namespaces: new Set(), secrets: new Map(), objects: [] };
  const ran = new Map<string, CommandResult>();
  for (const words of await stepsOf(chapter)) {
    const line = words.join(' ');
    const [, namespace = ''] = / -n (\S+)/.exec(line) ?? [];
    const [, applied] = / apply -k k8s\/(\S+)/.exec(line) ?? [];
    const [, image] = /^docker build .*-t (\S+)/.exec(line) ?? [];
    const [, deployment] = / deploy\/(\S+)/.exec(line) ?? [];
    if (namespace && !cluster.namespaces.has(namespace)) throw new Error(`${line}: there is no namespace`);
    if (image) cluster.images.add(image);
    else if (/^docker push/.test(line)) expect(cluster.images).toContain(words.at(-1));
    else if (/^kubectl create namespace/.test(line)) cluster.namespaces.add(words.at(-1) ?? '');
    else if (applied) await apply(cluster, applied);
    else if (/ create secret generic /.test(line)) await createSecret(cluster, namespace, words);
    else if (/ delete -k /.test(line)) cluster.objects = [];
    else if (deployment) {
      const template = templateOf(cluster, deployment);
      const program = words.indexOf('src/caretaker.ts');
      if (program > 0)
        ran.set(line, await runIn(cluster, namespace, template, 'caretaker', words.slice(program + 1)));
      else if (/ logs .* -c doctor$/.test(line))
        ran.set(line, await runIn(cluster, namespace, template, 'doctor'));
    } else throw new Error(`nobody knows what ${line} does`);
  }
  return { cluster, ran };
}

function templateOf(cluster: Cluster, deployment: string): PodTemplate {
  const template = podTemplates(cluster.objects).find(({ owner }) => owner === `Deployment ${deployment}`);
  if (!template) throw new Error(`there is no Deployment ${deployment}`);
  return template;
}

async function apply(cluster: Cluster, name: string): Promise<void> {
  const manifests = await render(folderOf(name));
  for (const { kind, metadata } of manifests) if (kind === 'Namespace') cluster.namespaces.add(metadata.name);
  for (const { owner, spec } of podTemplates(manifests)) {
    const namespace = namespaceOf(manifests.find((one) => nameOf(one) === owner));
    const volumes: { secret?: { secretName: string } }[] = spec.volumes;
    for (const { secret } of volumes) {
      if (secret && !cluster.secrets.has(`${namespace}/${secret.secretName}`))
        throw new Error(`${name}: ${owner} waits for the Secret ${secret.secretName} in ${namespace}`);
    }
  }
  cluster.objects = [...cluster.objects, ...manifests];
}

const namespaceOf = (manifest: Manifest | undefined) =>
  String(Reflect.get(manifest?.metadata ?? {}, 'namespace'));

async function createSecret(cluster: Cluster, namespace: string, words: readonly string[]): Promise<void> {
  const values: Record<string, string> = {};
  for (const word of words) {
    const [, literal, text] = /^--from-literal=([^=]+)=(.*)$/.exec(word) ?? [];
    const [, file] = /^--from-file=(.+)$/.exec(word) ?? [];
    if (literal !== undefined && text !== undefined) values[literal] = text;
    if (file !== undefined) values[file] = await readFile(join(folder, file), 'utf8');
  }
  cluster.secrets.set(`${namespace}/${words[words.indexOf('generic') + 1]}`, values);
}

/** The environment of a container; its files are those of the Secrets that somebody has created. */
async function inPod(cluster: Cluster, namespace: string, template: PodTemplate, name: string) {
  const container = containersOf(template).find(({ spec }) => spec.name === name);
  if (!container) throw new Error(`${template.owner} has no container ${name}`);
  const environment = environmentOf(container, cluster.objects);
  const secret = cluster.secrets.get(`${namespace}/caretaker`) ?? {};
  for (const [variable, path] of Object.entries(environment)) {
    if (!path.startsWith('/secrets/')) continue;
    const value = secret[path.slice('/secrets/'.length)];
    if (value === undefined) throw new Error(`${variable} is ${path}, and nobody has created that`);
    environment[variable] = join(folder, path);
    await mkdir(join(folder, 'secrets'), { recursive: true });
    await writeFile(environment[variable], value);
  }
  const words: string[] = container.spec.args;
  return { words, environment };
}

/** Runs what a container runs, or other words in it, with Redis, vendors and roster at the addresses that they have here. */
async function runIn(
  cluster: Cluster,
  namespace: string,
  template: PodTemplate,
  name: string,
  words?: readonly string[],
): Promise<CommandResult> {
  const pod = await inPod(cluster, namespace, template, name);
  const { CARETAKER_ROSTER = '', POINTSHARP_URL = '', SUPEROFFICE_URL = '' } = endToEnd.environment;
  return endToEnd.run(words ?? pod.words, {
    ...emptied(endToEnd.environment),
    ...pod.environment,
    ...{ CARETAKER_ROSTER, POINTSHARP_URL, SUPEROFFICE_URL },
    ...{ REDIS_URL: endToEnd.redis.url, REDIS_URL_FILE: '', NODE_OPTIONS: '', OPS_PORT: '' },
    ...{ POINTSHARP_REQUESTS_PER_SECOND: '0', SUPEROFFICE_REQUESTS_PER_SECOND: '0' },
  });
}

/** An empty variable is one that is left out: nothing comes from the environment of the tests. */
function emptied(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(environment).map((name) => [name, '']));
}

function endings(ran: ReadonlyMap<string, CommandResult>): Record<string, number | null> {
  return Object.fromEntries([...ran].map(([line, { code }]) => [line.replace(/.* -- node src\//, ''), code]));
}

describe('the page of Kubernetes, followed step by step', () => {
  it('the trial of the page leads from nothing to applied actions, and leaves nothing', async () => {
    const { cluster, ran } = await follow('A trial without a vendor');
    expect(endings(ran)).toEqual({
      'kubectl -n caretaker logs deploy/caretaker-worker -c doctor': 0,
      'caretaker.ts schedules': 0,
      'caretaker.ts run refresh-timed-devices': 0,
      'caretaker.ts run purge-windows': 0,
      'caretaker.ts run purge-windows --mode enforce': 0,
    });
    const outputs = [...ran.values()].map(({ output }) => output);
    expect(outputs[0]).not.toMatch(/^fail/m);
    expect(outputs[3]).toMatch(/completed in observe/);
    expect(outputs[4]).toMatch(/completed in enforce[\s\S]*actions {2}60 +60 /);
    expect(cluster.images).toEqual(new Set(['device-caretaker:trial']));
    expect(cluster.objects).toEqual([]);
  });

  it('the Secrets of the trial fit each other, its Redis and its simulators', async () => {
    const cluster: Cluster = {
      images: new Set(),
      namespaces: new Set(['caretaker']),
      secrets: new Map(),
      objects: [],
    };
    for (const words of await stepsOf('A trial without a vendor')) {
      if (words.includes('generic')) await createSecret(cluster, 'caretaker', words);
    }
    const [redis, caretaker] = ['caretaker-redis', 'caretaker'].map((name) =>
      cluster.secrets.get(`caretaker/${name}`),
    );
    const { hostname, port, password } = new URL(caretaker?.['redis-url'] ?? '');
    expect(redis).toEqual({ 'password.conf': `requirepass ${password}` });
    const trial = await render(folderOf('overlays/trial'));
    const service = trial.find((one) => nameOf(one) === `Service ${hostname}`);
    expect(service?.spec.ports).toMatchObject([{ port: Number(port) }]);
  });

  it('the chapter for real leads from nothing to a worker that observes, and its last lines to one that enforces', async () => {
    const { cluster, ran } = await follow('For real');
    expect(endings(ran)).toEqual({
      'kubectl -n device-maintenance logs deploy/caretaker-worker -c doctor': 0,
      'caretaker.ts doctor': 0,
      'caretaker.ts run refresh-timed-devices': 0,
      'caretaker.ts runs': 0,
    });
    expect([...ran.values()].at(-1)?.output).toMatch(/refresh-timed-devices.*observe/);
    const template = templateOf(cluster, 'caretaker-worker');
    expect(containersOf(template)[0]?.spec.image).toContain(
      [...cluster.images].join().replace(/:[^:]*$/, '@sha256:'),
    );
    const { environment } = await inPod(cluster, 'device-maintenance', template, 'caretaker');
    const [enforce = ''] = blocksOf('For real', 'env');
    const lines = enforce.trimEnd().split('\n');
    const set = Object.fromEntries(lines.map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []));
    const roster = { CARETAKER_ROSTER: endToEnd.environment.CARETAKER_ROSTER ?? '' };
    const config = loadConfig({ ...environment, ...set, ...roster }, jobs, DateTime.now());
    expect({ mode: config.mode, warnings: config.warnings }).toEqual({ mode: 'enforce', warnings: [] });
  });

  it('a step that is left out is noticed', async () => {
    const cluster: Cluster = { images: new Set(), namespaces: new Set(), secrets: new Map(), objects: [] };
    await expect(apply(cluster, 'overlays/trial')).rejects.toThrow('waits for the Secret caretaker');
  });
});
