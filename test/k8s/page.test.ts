import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { jobs } from '../../src/jobs/index.ts';
import type { CommandResult } from '../support/caretaker.ts';
import { type EndToEnd, openEndToEnd } from '../support/end-to-end.ts';
import { writeCronJobExample } from './cronjob-example.ts';
import { nameOf } from './manifest.ts';
import { type InPod, PretendCluster } from './pretend-cluster.ts';
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
async function follow(
  steps: readonly (readonly string[])[],
  folderNamed = folderOf,
): Promise<{ cluster: PretendCluster; ran: Map<string, CommandResult> }> {
  const cluster = new PretendCluster();
  const ran = new Map<string, CommandResult>();
  for (const words of steps) {
    const line = words.join(' ');
    const [, namespace = ''] = / -n (\S+)/.exec(line) ?? [];
    const [, applied] = / apply -k k8s\/(\S+)/.exec(line) ?? [];
    const [, image] = /^docker build .*-t (\S+)/.exec(line) ?? [];
    const [, deployment] = / deploy\/(\S+)/.exec(line) ?? [];
    const [, job = '', from] = / create job (\S+) --from=cronjob\/(\S+)/.exec(line) ?? [];
    const [, looked] = / (?:wait|logs) job\/(\S+)/.exec(line) ?? [];
    if (namespace && !cluster.namespaces.has(namespace)) throw new Error(`${line}: there is no namespace`);
    if (image) cluster.images.add(image);
    else if (/^docker push/.test(line)) expect(cluster.images).toContain(words.at(-1));
    else if (/^kubectl create namespace/.test(line)) cluster.namespaces.add(words.at(-1) ?? '');
    else if (applied) await cluster.apply(folderNamed(applied));
    else if (/ create secret generic /.test(line)) await cluster.createSecret(namespace, words, folder);
    else if (/ delete -k /.test(line)) cluster.objects = [];
    else if (looked) expect(cluster.jobs).toContain(looked);
    else if (from) {
      cluster.jobs.add(job);
      for (const name of ['doctor', 'caretaker']) {
        ran.set(`${job}, ${name}`, await runIn(cluster.inPod(namespace, `CronJob ${from}`, name)));
      }
    } else if (deployment) {
      const owner = `Deployment ${deployment}`;
      const worker = cluster.inPod(namespace, owner, 'caretaker');
      const program = words.indexOf('src/caretaker.ts');
      if (program > 0) ran.set(line, await runIn(worker, words.slice(program + 1)));
      else if (/ logs .* -c doctor$/.test(line))
        ran.set(line, await runIn(cluster.inPod(namespace, owner, 'doctor')));
    } else throw new Error(`nobody knows what ${line} does`);
  }
  return { cluster, ran };
}

/** Runs what a container runs, or other words in it, with Redis, vendors and roster at the addresses that they have here. */
async function runIn({ words, environment, files }: InPod, others = words): Promise<CommandResult> {
  const { CARETAKER_ROSTER = '', POINTSHARP_URL = '', SUPEROFFICE_URL = '' } = endToEnd.environment;
  return endToEnd.run(others, {
    ...emptied(endToEnd.environment),
    ...(await mounted(environment, files)),
    ...{ CARETAKER_ROSTER, POINTSHARP_URL, SUPEROFFICE_URL },
    ...{ REDIS_URL: endToEnd.redis.url, REDIS_URL_FILE: '', NODE_OPTIONS: '', OPS_PORT: '' },
    ...{ POINTSHARP_REQUESTS_PER_SECOND: '0', SUPEROFFICE_REQUESTS_PER_SECOND: '0' },
  });
}

/** An environment whose files are here. */
async function mounted(environment: InPod['environment'], files: InPod['files']) {
  const here: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const text = files.get(value);
    here[name] = text === undefined ? value : await endToEnd.file(name, text);
  }
  return here;
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
    const { cluster, ran } = await follow(await stepsOf('A trial without a vendor'));
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
    const cluster = new PretendCluster();
    for (const words of await stepsOf('A trial without a vendor')) {
      if (words.includes('generic')) await cluster.createSecret('caretaker', words, folder);
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
    const { cluster, ran } = await follow(await stepsOf('For real'));
    expect(endings(ran)).toEqual({
      'kubectl -n device-maintenance logs deploy/caretaker-worker -c doctor': 0,
      'caretaker.ts doctor': 0,
      'caretaker.ts run refresh-timed-devices': 0,
      'caretaker.ts runs': 0,
    });
    expect([...ran.values()].at(-1)?.output).toMatch(/refresh-timed-devices.*observe/);
    const deployment = cluster.objects.find((one) => nameOf(one) === 'Deployment caretaker-worker');
    const [built = ''] = cluster.images;
    expect(deployment?.spec.template.spec.containers[0].image).toContain(
      built.replace(/:[^:]*$/, '@sha256:'),
    );
    const { environment, files } = cluster.inPod(
      'device-maintenance',
      'Deployment caretaker-worker',
      'caretaker',
    );
    const [enforce = ''] = blocksOf('For real', 'env');
    const lines = enforce.trimEnd().split('\n');
    const set = Object.fromEntries(lines.map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []));
    const config = loadConfig({ ...(await mounted(environment, files)), ...set }, jobs, DateTime.now());
    expect({ mode: config.mode, warnings: config.warnings }).toEqual({ mode: 'enforce', warnings: [] });
  });

  it('the chapter of CronJobs leads to a Job that observes, by the Secrets of the chapter for real', async () => {
    const common = await stepsOf('For real');
    const applied = common.findIndex((words) => words.includes('apply'));
    const example = await writeCronJobExample();
    onTestFinished(() => rm(example, { recursive: true }));
    const steps = [...common.slice(0, applied), ...(await stepsOf('For real, with CronJobs'))];
    const { ran } = await follow(steps, (name) => (name === 'overlays/example' ? example : folderOf(name)));
    expect(endings(ran)).toEqual({
      'first-look, doctor': 0,
      'first-look, caretaker': 0,
      'caretaker.ts doctor': 0,
      'caretaker.ts runs': 0,
    });
    expect(ran.get('first-look, caretaker')?.output).toMatch(/completed in observe/);
  });

  it('a step that is left out is noticed', async () => {
    await expect(new PretendCluster().apply(folderOf('overlays/trial'))).rejects.toThrow(
      'waits for the Secret caretaker',
    );
  });
});
