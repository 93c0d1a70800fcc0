import { open, write } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { closeDescriptor, type RosterFile, rosterFile } from './file.ts';
import { ask, type Patience, waitFor } from './patience.ts';

const openNow = promisify(open);
const writeNow = promisify(write);

/**
 * Keeps what can be read only once (standard input, a pipe), so that a run can count its users before it acts. The file
 * is private, and its name is removed at once: the system frees it when the handle or the process is gone, however that
 * ends.
 *
 * @param input is destroyed when it ends, and when it fails or is silent for too long
 * @throws RosterError, RosterInterrupted, errors of the system
 */
export async function spool(name: string, input: Readable, patience: Patience): Promise<RosterFile> {
  const descriptor = await ask(name, openNameless, patience);
  try {
    const parts: AsyncIterator<string | Uint8Array> = input[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await waitFor(name, parts.next(), patience);
      if (done) break;
      const bytes = Buffer.from(value);
      for (let from = 0; from < bytes.length; ) {
        const question = () => writeNow(descriptor, bytes, from);
        from += (await ask(name, question, patience)).bytesWritten;
      }
    }
    return rosterFile(name, descriptor);
  } catch (error) {
    await closeDescriptor(name, descriptor, patience);
    throw error;
  } finally {
    input.destroy();
  }
}

async function openNameless(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'caretaker-roster-'));
  try {
    return await openNow(join(folder, 'roster'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
