import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentOf } from './checks/environment.ts';
import { containersOf, type Manifest, nameOf, type PodTemplate, podTemplates } from './manifest.ts';
import { render } from './render.ts';

/** What a container runs, its variables, and the text of each file that is mounted into it, by path. */
export interface InPod {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
}

/** A cluster in memory, as far as following a page needs one. It refuses what a real one would let wait for ever. */
export class PretendCluster {
  readonly images = new Set<string>();
  readonly namespaces = new Set<string>();
  /** `namespace/name` → key → value. */
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();
  readonly jobs = new Set<string>();
  objects: readonly Manifest[] = [];

  /** @throws Error when a pod needs a Secret that nobody has created */
  async apply(folder: string): Promise<void> {
    const manifests = await render(folder);
    for (const { kind, metadata } of manifests) {
      if (kind === 'Namespace') this.namespaces.add(metadata.name);
    }
    for (const template of podTemplates(manifests)) {
      const namespace = namespaceOf(manifests.find((one) => nameOf(one) === template.owner));
      for (const name of secretsOf(template).values()) {
        if (this.secrets.has(`${namespace}/${name}`)) continue;
        throw new Error(`${folder}: ${template.owner} waits for the Secret ${name} in ${namespace}`);
      }
    }
    this.objects = [...this.objects, ...manifests];
  }

  /** The words of `kubectl create secret generic`; files are looked for in a folder. */
  async createSecret(namespace: string, words: readonly string[], folder: string): Promise<void> {
    const values: Record<string, string> = {};
    for (const word of words) {
      const [, literal, text] = /^--from-literal=([^=]+)=(.*)$/.exec(word) ?? [];
      const [, file] = /^--from-file=(.+)$/.exec(word) ?? [];
      if (literal !== undefined && text !== undefined) values[literal] = text;
      if (file !== undefined) values[file] = await readFile(join(folder, file), 'utf8');
    }
    this.secrets.set(`${namespace}/${words[words.indexOf('generic') + 1]}`, values);
  }

  /** @throws Error when there is no such owner (`Deployment caretaker-worker`) or container, or a variable names a file that nobody has created */
  inPod(namespace: string, owner: string, name: string): InPod {
    const template = podTemplates(this.objects).find((one) => one.owner === owner);
    const container = template && containersOf(template).find(({ spec }) => spec.name === name);
    if (!container) throw new Error(`there is no ${name} in a ${owner}`);
    const environment = environmentOf(container, this.objects);
    const files = new Map<string, string>();
    const mounts: { name: string; mountPath: string }[] = container.spec.volumeMounts;
    for (const [volume, secret] of secretsOf(template)) {
      const path = mounts.find((mount) => mount.name === volume)?.mountPath ?? '';
      for (const [key, value] of Object.entries(this.secrets.get(`${namespace}/${secret}`) ?? {})) {
        files.set(`${path}/${key}`, value);
      }
      for (const [variable, value] of Object.entries(environment)) {
        if (value.startsWith(`${path}/`) && !files.has(value))
          throw new Error(`${variable} is ${value}, and nobody has created that`);
      }
    }
    return { words: container.spec.args, environment, files };
  }
}

/** Which Secret is in which volume of a pod. */
function secretsOf({ spec }: PodTemplate): ReadonlyMap<string, string> {
  const volumes: { name: string; secret?: { secretName: string } }[] = spec.volumes;
  return new Map(volumes.flatMap(({ name, secret }) => (secret ? [[name, secret.secretName]] : [])));
}

function namespaceOf(manifest: Manifest | undefined): string {
  return String(Reflect.get(manifest?.metadata ?? {}, 'namespace'));
}
