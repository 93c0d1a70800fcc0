import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type CommandContext, UsageError } from '../context.ts';

/** Where a plan is written to. */
export interface PlanOutput {
  write(plan: string): Promise<void>;
  /** Leaves no file behind when nothing was written. */
  close(): Promise<void>;
}

/**
 * Opens the place of a plan before anybody is asked anything. The file is for its owner only: it names people.
 *
 * @param place a path, or `-` for standard output
 * @throws UsageError when there can be no such file, or there is one already
 */
export async function openPlanOutput(context: CommandContext, place: string): Promise<PlanOutput> {
  if (place === '-') {
    return {
      async write(plan) {
        context.output.write(plan);
      },
      close: async () => {},
    };
  }
  const refuse = (cause: unknown) => {
    throw new UsageError(`The plan cannot be written to ${place}: ${reasonOf(cause)}.`);
  };
  const file: FileHandle = await open(place, 'wx', 0o600).catch(refuse);
  let isWhole = false;
  return {
    async write(plan) {
      await file.writeFile(plan).catch(refuse);
      isWhole = true;
    },
    async close() {
      await file.close();
      if (!isWhole) await rm(place, { force: true });
    },
  };
}

/**
 * Reads the text of a plan.
 *
 * @param place a path, or `-` for standard input
 * @throws UsageError when it cannot be read
 */
export async function readPlanText(context: CommandContext, place: string): Promise<string> {
  if (place === '-') return text(context.input);
  try {
    return await readFile(place, 'utf8');
  } catch (cause) {
    throw new UsageError(`The plan ${place} cannot be read: ${reasonOf(cause)}.`);
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST:
    'there is a file or folder of that name, and a plan that somebody may have looked at is not replaced; name another',
  ENOENT: 'there is no such file or folder; check the path',
  ENOTDIR: 'a part of the path is no folder; check the path',
  EISDIR: 'that is a folder; name a file in it',
  EACCES: 'this user may not; check the permissions',
  EPERM: 'this user may not; check the permissions',
  ENOSPC: 'the disk is full; make room',
  EROFS: 'that file system is read-only; name another place',
};
