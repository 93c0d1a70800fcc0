import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Edit, takenOut } from './defence.ts';
import { parseReport, type TestReport } from './judge.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** No test file takes as long, with whatever taken out. */
const longestRunMs = 5 * 60_000;

/** How far a file is run that is expected to fail. */
interface Limits {
  /** For each test; left out, what it has. */
  readonly timeoutMs?: number;
  /** Also behind the first test that fails. */
  readonly isWhole: boolean;
}

/** A copy of the project that may be damaged. */
export interface ProjectCopy {
  /** Changes files, and puts them back with the function that it resolves to. */
  takeOut(edits: readonly Edit[]): Promise<() => Promise<void>>;
  /** Runs the tests of one file whose titles fit the pattern. */
  test(file: string, pattern: string, limits?: Limits): Promise<TestReport>;
}

/** Copies what git knows, as it stands in the working tree, and links the packages. It is removed with the end of the process. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-defences-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1e8,
  });
  const files = new Set(stdout.split('\0').filter((path) => path !== ''));
  await Promise.all([...files].map((path) => cp(join(root, path), join(folder, path)).catch(ignoreMissing)));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    async takeOut(edits) {
      const originals = new Map<string, string>();
      for (const edit of edits) {
        const path = join(folder, edit.file);
        const text = await readFile(path, 'utf8');
        if (!originals.has(path)) originals.set(path, text);
        await writeFile(path, takenOut(text, edit));
      }
      return async () => {
        for (const [path, text] of originals) await writeFile(path, text);
      };
    },

    async test(file, pattern, limits) {
      const output = join(folder, 'report.json');
      await rm(output, { force: true });
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      const words = [vitest, 'run', file, '-t', pattern, '--reporter=json', `--outputFile=${output}`];
      if (limits?.timeoutMs !== undefined) words.push(`--testTimeout=${limits.timeoutMs}`);
      if (limits && !limits.isWhole) words.push('--bail=1');
      const ended = run(process.execPath, words, { cwd: folder, timeout: longestRunMs, maxBuffer: 1e9 });
      // vitest ends with 1 when a test fails; what it has to say is in the report.
      const { message } = await ended.then(
        () => ({ message: 'it passed' }),
        (error: Error) => error,
      );
      const json = await readFile(output, 'utf8').catch(() => undefined);
      if (json === undefined) throw new Error(`vitest gave no report: ${message}`);
      return parseReport(json);
    },
  };
}

/** A file that git still knows and that has been deleted. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
