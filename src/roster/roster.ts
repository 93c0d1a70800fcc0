import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { User } from '../domain/user.ts';
import { readUser } from './columns.ts';
import { type RawRow, readCsv } from './csv.ts';
import { RosterError, unreadable } from './errors.ts';
import { maxRowLength, readLines } from './lines.ts';
import { readNdjson } from './ndjson.ts';
import { firstSight } from './seen.ts';
import { spool } from './spool.ts';

/**
 * What is read at once. Larger parts are no faster, and from 16 KB on V8 takes the rows of a part for something that
 * lasts: it then makes them where garbage is collected late, which costs 100 MB over a million users.
 */
const partBytes = 8 * 1024;

/** One row of the roster: the user, or why there is none. `line` is where the row begins in the file, from 1. */
export type RosterRow =
  | { readonly line: number; readonly user: User }
  | { readonly line: number; readonly rejected: string };

/** A roster that can be read as often as wanted. */
export interface Roster {
  /** What messages call it. */
  readonly name: string;
  /**
   * All rows from the beginning, some hundreds at a time: one by one, the waiting would cost more than the reading.
   *
   * @param duplicates `reject`: a user who comes again is rejected. `keep`: nobody looks for duplicates, because an earlier
   *   reading found none and the caller checks that this one is the same.
   * @throws RosterError when it cannot be read at all
   */
  read(duplicates?: 'reject' | 'keep'): AsyncGenerator<readonly RosterRow[]>;
  /** Frees what was kept of it; nothing can be read afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the users' file: CSV (`.csv`) or NDJSON (`.ndjson`, `.jsonl`); for other endings and standard input the first
 * character tells. Standard input and pipes are kept in a private file, because a run reads its roster twice.
 *
 * @param path The path of a file, or `-` for standard input.
 * @throws RosterError when there is no such file or it may not be read
 */
export async function openRoster(path: string, standardInput: NodeJS.ReadableStream): Promise<Roster> {
  if (path === '-') {
    const name = 'on standard input';
    return fromHandle(name, '', await spool(standardInput).catch(rethrow(name)));
  }
  const found = await stat(path).catch(rethrow(path));
  if (found.isDirectory()) throw unreadable(path, Object.assign(new Error(), { code: 'EISDIR' }));
  if (found.isFile()) return fromHandle(path, extname(path), await open(path).catch(rethrow(path)));
  return fromHandle(path, '', await spool(createReadStream(path)).catch(rethrow(path)));
}

function rethrow(name: string): (cause: unknown) => never {
  return (cause) => {
    throw unreadable(name, cause);
  };
}

function fromHandle(name: string, ending: string, file: FileHandle): Roster {
  return {
    name,
    read: (duplicates = 'reject') =>
      readRows(name, ending.toLowerCase(), file, duplicates === 'keep' ? () => true : firstSight()),
    close: () => file.close(),
  };
}

async function* readRows(
  name: string,
  ending: string,
  file: FileHandle,
  isNew: (user: User) => boolean,
): AsyncGenerator<readonly RosterRow[]> {
  try {
    const isNdjson = await isNdjsonFile(ending, file);
    const lines = readLines(readBytes(file));
    for await (const rows of isNdjson ? readNdjson(lines, name) : readCsv(lines, name)) {
      if (rows.length > 0) yield rows.map((row) => toRosterRow(row, isNew));
    }
  } catch (error) {
    throw error instanceof RosterError ? error : unreadable(name, error);
  }
}

function toRosterRow(row: RawRow, isNew: (user: User) => boolean): RosterRow {
  if ('rejected' in row) return row;
  const { line } = row;
  const user = readUser(row.fields);
  if (typeof user === 'string') return { line, rejected: user };
  return isNew(user)
    ? { line, user }
    : { line, rejected: 'duplicate: an earlier row has the same username and userStorageName' };
}

async function isNdjsonFile(ending: string, file: FileHandle): Promise<boolean> {
  if (ending === '.csv') return false;
  if (ending === '.ndjson' || ending === '.jsonl') return true;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxRowLength), 0, maxRowLength, 0);
  return new TextDecoder().decode(buffer.subarray(0, bytesRead)).trimStart().startsWith('{');
}

/** By position, so that the file can be read again and by two readers at once. */
async function* readBytes(file: FileHandle): AsyncGenerator<Uint8Array> {
  const part = Buffer.alloc(partBytes);
  let position = 0;
  while (true) {
    const { bytesRead } = await file.read(part, 0, partBytes, position);
    if (bytesRead === 0) return;
    yield part.subarray(0, bytesRead);
    position += bytesRead;
  }
}
