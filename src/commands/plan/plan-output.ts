import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/** Where a plan is written to. */
export interface PlanOutput {
  /** Resolves to whether all of it was taken: whoever reads standard output may have left. */
  write(plan: string): Promise<boolean>;
  /** Leaves no file behind when nothing was written. */
  close(): Promise<void>;
}

/**
 * Opens the file of a plan before any vendor is asked. The file is for its owner only: it names people.
 *
 * @param path of the file, or `-` for standard output
 * @throws UsageError when there can be no such file, or there is one already
 */
export async function openPlanOutput(context: CommandContext, path: string): Promise<PlanOutput> {
  const refuse = (cause: unknown) => {
    const place = path === '-' ? 'standard output' : path;
    const problem = `The plan cannot be written to ${place}: ${systemErrorText(cause)}.`;
    throw new UsageError(problem, adviceFor(cause), { cause });
  };
  if (path === '-') {
    return {
      async write(plan) {
        const cause = await new Promise((resolve) => context.output.write(plan, resolve));
        if (cause && errorCode(cause) !== 'EPIPE') refuse(cause);
        return !cause;
      },
      close: async () => {},
    };
  }
  const file: FileHandle = await open(path, 'wx', 0o600).catch(refuse);
  let isWhole = false;
  return {
    async write(plan) {
      await file.writeFile(plan).catch(refuse);
      isWhole = true;
      return true;
    },
    async close() {
      await file.close();
      if (!isWhole) await rm(path, { force: true });
    },
  };
}

/**
 * Reads the text of a plan.
 *
 * @param path of the file, or `-` for standard input
 * @throws UsageError when it cannot be read
 */
export async function readPlanText(context: CommandContext, path: string): Promise<string> {
  if (path === '-') return text(context.input);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError(
      `The plan ${path} cannot be read: ${systemErrorText(cause)}.`,
      'Check the path and its permissions.',
      { cause },
    );
  }
}

function adviceFor(cause: unknown): string {
  const code = errorCode(cause);
  if (code === 'EEXIST') return 'Name another file: a plan that somebody may have reviewed is not replaced.';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Free some space, or name a file on another disk.';
  return 'Name a file in a directory that this user can write to.';
}
