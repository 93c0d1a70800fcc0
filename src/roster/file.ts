import { close, constants, fstat, open, read, type Stats } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../domain/system-error.ts';
import { ask, type Patience } from './patience.ts';

const openNow = promisify(open);
const statNow = promisify(fstat);
const readNow = promisify(read);
const closeNow = promisify(close);

/** An open file with rows, read by position: again from the beginning, and by two readers at once. */
export interface RosterFile {
  /** How many bytes it wrote into `part`; 0 at the end. @throws RosterError, RosterInterrupted, errors of the system */
  read(part: Uint8Array, position: number, patience: Patience): Promise<number>;
  /** When it was last written, in milliseconds since 1970. @throws as `read` */
  writtenAtMs(patience: Patience): Promise<number>;
  /** Never throws, and waits no longer than for anything else. */
  close(patience: Patience): Promise<void>;
}

/** What the system opened. */
export interface Opened {
  readonly descriptor: number;
  readonly stats: Stats;
}

/**
 * Opens whatever is at a path. What it is, is asked after the opening: it may be another one than a moment before. The
 * opening of a pipe waits for nobody who writes into it.
 *
 * @throws RosterError, RosterInterrupted, errors of the system
 */
export function openPath(name: string, path: string, patience: Patience): Promise<Opened> {
  return ask(
    name,
    () => openAndLook(path),
    patience,
    ({ descriptor }) => closeNow(descriptor),
  );
}

async function openAndLook(path: string): Promise<Opened> {
  const descriptor = await openNow(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { descriptor, stats: await statNow(descriptor) };
}

/** @param name of the roster that the file holds */
export function rosterFile(name: string, descriptor: number): RosterFile {
  return {
    async read(part, position, patience) {
      const question = () => readNow(descriptor, part, 0, part.byteLength, position);
      return (await ask(name, question, patience)).bytesRead;
    },
    writtenAtMs: async (patience) => (await ask(name, () => statNow(descriptor), patience)).mtimeMs,
    close: (patience) => closeDescriptor(name, descriptor, patience),
  };
}

/** Closes without an error: nothing was written that could be lost. */
export async function closeDescriptor(name: string, descriptor: number, patience: Patience): Promise<void> {
  // Whoever was interrupted still closes.
  await ask(name, () => closeNow(descriptor), { timeoutMs: patience.timeoutMs }).catch(() => {});
}

/** As much as a pipe holds. */
const pipeBytes = 64 * 1024;
/** How long to wait for more of it, in milliseconds. */
const pauseMs = 10;

/** What comes out of a pipe or a device; it is closed with the stream. */
export function streamOf(opened: Opened): Readable {
  return Readable.from(readPipe(opened));
}

/** No read waits: one that did would keep a thread for as long as nobody writes. */
async function* readPipe({ descriptor, stats }: Opened): AsyncGenerator<Uint8Array> {
  // A pipe that nobody has written into yet looks like one that has ended.
  let canEnd = !stats.isFIFO();
  try {
    for (;;) {
      const part = Buffer.alloc(pipeBytes);
      const bytesRead = await readNow(descriptor, part, 0, pipeBytes, null).then(
        (read) => read.bytesRead,
        (error: unknown) => {
          if (errorCode(error) === 'EAGAIN') return undefined;
          throw error;
        },
      );
      if (bytesRead) yield part.subarray(0, bytesRead);
      else if (bytesRead === 0 && canEnd) return;
      else await delay(pauseMs);
      if (bytesRead) canEnd = true;
    }
  } finally {
    await closeNow(descriptor);
  }
}
