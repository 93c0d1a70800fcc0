import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environmentOf } from './checks/environment.ts';
import { exampleSecrets } from './deployments.ts';
import type { Container, Manifest } from './manifest.ts';

/** Which of the example Secrets is mounted where. */
const mounts: Readonly<Record<string, string>> = { '/secrets/': 'caretaker', '/roster/': 'caretaker-roster' };

/** The environment of a container, with the example Secrets as files below a folder in place of where they are mounted. */
export async function mountedBelow(
  folder: string,
  container: Container,
  manifests: readonly Manifest[],
): Promise<Record<string, string>> {
  const environment = environmentOf(container, manifests);
  for (const [name, path] of Object.entries(environment)) {
    const [mount, secretName] = Object.entries(mounts).find(([start]) => path.startsWith(start)) ?? [];
    if (mount === undefined) continue;
    const secret = exampleSecrets.find(({ metadata }) => metadata.name === secretName);
    const value = secret?.stringData[path.slice(mount.length)];
    if (value === undefined) throw new Error(`${name} is ${path}, which the example Secret does not have`);
    environment[name] = join(folder, path);
    await mkdir(dirname(environment[name]), { recursive: true });
    await writeFile(environment[name], value);
  }
  return environment;
}
