import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Manifest } from './manifest.ts';
import { folderOf, objectsIn } from './render.ts';

/** What a person can apply: folders below k8s/. */
export const deployments = ['.', 'cronjob', ...namesIn('overlays').map((name) => `overlays/${name}`)];

/** What can be added to an overlay. */
export const components = namesIn('components').map((name) => `components/${name}`);

/** The Secrets that a person creates by hand, as the examples have them. */
export const exampleSecrets: readonly Manifest[] = globSync('**/secret.example.yaml', {
  cwd: folderOf('.'),
}).flatMap((file) => objectsIn(readFileSync(join(folderOf('.'), file), 'utf8')));

function namesIn(folder: string): string[] {
  return globSync('*/kustomization.yaml', { cwd: folderOf(folder) }).map((file) =>
    basename(join(file, '..')),
  );
}
