import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFormat } from '../../src/queue/messages/run-state.ts';

/** A version of the program whose runs have the next format, and that is like this one otherwise. */
export interface NextVersion {
  /** The file that it begins with. */
  readonly entry: string;
  remove(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const raised = 'src/queue/messages/run-state.ts';

/** Makes the next version, in a folder of its own. */
export async function makeNextVersion(): Promise<NextVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-next-version-'));
  for (const part of ['src', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const text = await readFile(join(folder, raised), 'utf8');
  const next = text.replace(`runFormat = ${runFormat};`, `runFormat = ${runFormat + 1};`);
  if (next === text) throw new Error(`${raised} does not say what the format of a run is`);
  await writeFile(join(folder, raised), next);
  return { entry: join(folder, 'src/caretaker.ts'), remove: () => rm(folder, { recursive: true }) };
}
