import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { folderOf } from './render.ts';

/** A copy of the example for a repository of one's own, with the two changes that docs/kubernetes.md tells for CronJobs. */
export async function writeCronJobExample(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-k8s-'));
  await cp(folderOf('overlays/example'), folder, { recursive: true });
  const path = join(folder, 'kustomization.yaml');
  const text = (await readFile(path, 'utf8'))
    .replace('  - ../../namespace\n  - ../../base\n', '  - ../../cronjob\n')
    .replace('../../components/monitoring', '../../components/cronjob-alerts')
    .replaceAll('../../', `${relative(folder, folderOf('.'))}/`);
  await writeFile(path, text);
  return folder;
}
