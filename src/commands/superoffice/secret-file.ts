import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorText } from '../../domain/system-error.ts';
import { UsageError } from '../usage-error.ts';

/** Makes sure that a file can be written, before anybody is asked for what goes into it. @throws UsageError */
export async function checkWritable(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw notWritten(path, error);
  }
}

/**
 * Writes a secret that only its owner may read. The file is there whole or not at all: a worker reads it at any moment.
 *
 * @throws UsageError when it cannot be written
 */
export async function writeSecret(path: string, secret: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${secret}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw notWritten(path, error);
  }
}

function notWritten(path: string, error: unknown): UsageError {
  return new UsageError(
    `The file ${path} cannot be written: ${systemErrorText(error)}.`,
    'Name another one with --out, in a folder that this user may write to.',
    { cause: error },
  );
}
