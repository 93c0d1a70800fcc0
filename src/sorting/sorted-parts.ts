import type { FileHandle } from 'node:fs/promises';
import { openNameless, TemporaryFolderError } from './nameless-file.ts';

/** Sorted parts, one behind the other in a file that has no name. */
export interface SortedParts<T> {
  /** @throws TemporaryFolderError when they cannot be written */
  add(sorted: readonly T[]): Promise<void>;
  /** To be called once all are added. */
  read(): readonly PartReader<T>[];
  close(): Promise<void>;
}

/** Reads a part from its beginning to its end, some items at a time. One part after the other loads. */
export interface PartReader<T> {
  /** Where the part stands among the others. */
  readonly number: number;
  /** The next item; only after `load` or `skip` has said that there is one. */
  next(): T;
  /** Goes on to the item behind it. @returns whether that is at hand; if not, `load` gets more */
  skip(): boolean;
  /** Gets the next items. @returns whether there are any. @throws TemporaryFolderError when they cannot be read */
  load(): Promise<boolean>;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** How many items are written at a time. */
const written = 250;
/** So much of all parts together is in memory, in bytes of the file; as objects it is several times that. */
const windowBytes = 3_000_000;
const largestWindow = 64 * 1024;
const smallestWindow = 4 * 1024;
const newline = 10;

/** @throws TemporaryFolderError when no file can be made there */
export async function openSortedParts<T>(folder: string): Promise<SortedParts<T>> {
  const file = await openNameless(folder);
  const places: Place[] = [];
  let end = 0;
  // One for all reads and writes, which come one after the other: each with its own made memory grow by half.
  let buffer = Buffer.allocUnsafe(largestWindow);

  function bufferOf(bytes: number): Buffer {
    if (buffer.length < bytes) buffer = Buffer.allocUnsafe(bytes);
    return buffer;
  }

  return {
    async add(sorted) {
      const start = end;
      for (let first = 0; first < sorted.length; first += written) {
        const lines = sorted.slice(first, first + written).map((item) => `${JSON.stringify(item)}\n`);
        const text = lines.join('');
        const room = bufferOf(Buffer.byteLength(text));
        const bytes = room.subarray(0, room.write(text));
        try {
          // Where `write` may write a part of it, this goes on until all is written.
          await file.appendFile(bytes);
        } catch (error) {
          throw new TemporaryFolderError(folder, error);
        }
        end += bytes.length;
      }
      places.push({ start, end });
    },
    read() {
      const share = Math.floor(windowBytes / places.length);
      const window = Math.max(smallestWindow, Math.min(largestWindow, share));
      return places.map((place, number) => openPart<T>({ file, folder, window, bufferOf }, place, number));
    },
    close: () => file.close(),
  };
}

interface PartFile {
  readonly file: FileHandle;
  readonly folder: string;
  readonly window: number;
  readonly bufferOf: (bytes: number) => Buffer;
}

function openPart<T>(
  { file, folder, window, bufferOf }: PartFile,
  { start, end }: Place,
  number: number,
): PartReader<T> {
  let at = start;
  let items: readonly T[] = [];
  let index = 0;

  /** Whole lines from where the part was left; more than the window when a line is longer. */
  async function readLines(bytes: number): Promise<string> {
    const wanted = Math.min(bytes, end - at);
    const room = bufferOf(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await file.read(room, filled, wanted - filled, at + filled);
      if (bytesRead === 0) throw new Error('A file in the temporary folder was cut off.');
      filled += bytesRead;
    }
    const length = room.subarray(0, wanted).lastIndexOf(newline);
    if (length < 0) return readLines(bytes * 2);
    at += length + 1;
    return room.toString('utf8', 0, length);
  }

  return {
    number,
    next() {
      const item = items[index];
      if (item === undefined) throw new Error('There is no next item.');
      return item;
    },
    skip() {
      index += 1;
      return index < items.length;
    },
    async load() {
      index = 0;
      items = [];
      if (at >= end) return false;
      try {
        const lines = await readLines(window);
        // Nobody but this process can have written it.
        items = lines.split('\n').map((line): T => JSON.parse(line));
      } catch (error) {
        throw new TemporaryFolderError(folder, error);
      }
      return true;
    },
  };
}
