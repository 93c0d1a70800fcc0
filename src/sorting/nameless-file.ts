import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../domain/system-error.ts';

/** What does not fit into memory cannot be kept in the temporary folder. */
export class TemporaryFolderError extends OperatorError {
  override readonly name = 'TemporaryFolderError';

  constructor(folder: string, cause: unknown) {
    super({
      problem: `There is more to put in order than memory holds, and the temporary folder ${folder} does not take it: ${systemErrorText(cause)}.`,
      advice: `${advices[errorCode(cause) ?? ''] ?? 'Check the folder and its disk, or name another one with TMPDIR.'} Then try again.`,
      cause,
    });
  }
}

const makeRoom = 'Make room there (a million actions take some 175 MB), or name a larger folder with TMPDIR.';
const mountOne =
  'Mount a folder there that may be written to (in Kubernetes an emptyDir), or name one with TMPDIR.';

const advices: Readonly<Record<string, string>> = {
  ENOSPC: makeRoom,
  EDQUOT: makeRoom,
  EFBIG: makeRoom,
  EROFS: mountOne,
  EACCES: mountOne,
  EPERM: mountOne,
  ENOENT: mountOne,
  ENOTDIR: mountOne,
};

/**
 * Opens a private file without a name: the system frees it when the handle or the process is gone, however that ends.
 *
 * @throws TemporaryFolderError when no file can be made there
 */
export async function openNameless(folder: string): Promise<FileHandle> {
  try {
    const own = await mkdtemp(join(folder, 'caretaker-sort-'));
    try {
      return await open(join(own, 'parts'), 'wx+', 0o600);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  } catch (error) {
    throw new TemporaryFolderError(folder, error);
  }
}
