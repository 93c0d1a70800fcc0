import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps what can be read only once (standard input, a pipe), so that a run can count its users before it acts. The file
 * is private, and its name is removed at once: the system frees it when the handle or the process is gone, however that
 * ends.
 */
export async function spool(input: NodeJS.ReadableStream): Promise<FileHandle> {
  const file = await openNameless();
  try {
    await file.writeFile(input);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-roster-'));
  try {
    return await open(join(folder, 'roster'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
