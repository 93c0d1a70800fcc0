import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from './markdown.ts';

const policy = 'src/policies/audit-devices.ts';
const job = 'src/jobs/audit-devices.ts';
const test = 'test/policies/audit-devices.test.ts';
/** What a developer adds to the registry. */
const registry = `import { auditDevices } from './audit-devices.ts';
import type { AnyJob } from './index.ts';

export const jobs: readonly AnyJob[] = [auditDevices];
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caretaker-contributing-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The blocks of TypeScript on the page, in their order. */
async function samples(): Promise<string[]> {
  const page = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
  return [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

/** What the compiler has to say of files that would lie in the project. */
async function typeErrors(files: Readonly<Record<string, string>>): Promise<string> {
  const paths = Object.keys(files).map((path) => join(folder, path));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules')).catch(() => undefined);
  const config = {
    extends: join(root, 'tsconfig.json'),
    // Both folders count as one, so that the samples find their neighbors in the project.
    compilerOptions: { rootDirs: [root, folder] },
    files: paths,
    include: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(root, 'node_modules/.bin/tsc');
  const run = promisify(execFile)(compiler, ['--project', folder, '--pretty', 'false'], { cwd: folder });
  // The compiler ends with an exit code when it has found something; what it found is its output.
  return run.then(
    ({ stdout }) => stdout,
    ({ stdout = '' }: { stdout?: string }) => stdout,
  );
}

it('the job that CONTRIBUTING.md adds as an example fits the contract, the registry and its test', async () => {
  const [one = '', two = '', three = '', ...more] = await samples();
  expect(more).toEqual([]);
  expect(one).toContain('auditDevicesSettings');
  expect(two).toContain('satisfies MaintenanceJob');
  const files = { [policy]: one, [job]: two, [test]: three, 'src/jobs/registry.ts': registry };
  expect(await typeErrors(files)).toBe('');
});

it('an example that does not fit the contract is found', async () => {
  const [one = '', two = ''] = await samples();
  const errors = await typeErrors({ [policy]: one, [job]: two.replace("  plansFrom: 'vendor',\n", '') });
  expect(errors).toContain('plansFrom');
});
