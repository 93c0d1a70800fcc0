import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';
import { associateProblem, readUser } from './columns.ts';
import { type RawRow, readCsv } from './csv.ts';
import { RosterError, unreadable } from './errors.ts';
import { maxRowLength, readLines } from './lines.ts';
import { readNdjson } from './ndjson.ts';
import { createSightings, type Sight } from './seen.ts';
import { spool } from './spool.ts';

/**
 * What is read at once. Larger parts are no faster, and from 16 KB on V8 takes the rows of a part for something that
 * lasts: it then makes them where garbage is collected late, which costs 100 MB over a million users.
 */
const partBytes = 8 * 1024;

/** One row of the roster: the user, or why there is none. `line` is where the row begins in the file, from 1. */
export type RosterRow = RosterUser | { readonly line: number; readonly rejected: string };

/** A row that names a user. */
export interface RosterUser {
  readonly line: number;
  readonly user: User;
  /** Why its associate cannot be used, which only matters to who needs it. */
  readonly associateProblem?: string;
  /** The line of an earlier user whose name differs only in what people do not see or mean. */
  readonly looksLike?: number;
}

/** A roster that can be read as often as wanted. */
export interface Roster {
  /** What messages call it. */
  readonly name: string;
  /**
   * All rows from the beginning, some hundreds at a time: one by one, the waiting would cost more than the reading.
   *
   * @param now when it is read; readings that are compared are all given the time of the first, so that they take the same
   *   last row for whole
   * @param duplicates `reject`: a user who comes again is rejected. `keep`: nobody looks for duplicates, because an earlier
   *   reading found none and the caller checks that this one is the same.
   * @throws RosterError when it cannot be read at all
   */
  read(now: DateTime, duplicates?: 'reject' | 'keep'): AsyncGenerator<readonly RosterRow[]>;
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
    return fromHandle({ name, ending: '', isStream: true }, await spool(standardInput).catch(rethrow(name)));
  }
  const found = await stat(path).catch(rethrow(path));
  if (found.isDirectory()) throw unreadable(path, Object.assign(new Error(), { code: 'EISDIR' }));
  if (found.isFile()) {
    const source = { name: path, ending: extname(path).toLowerCase(), isStream: false };
    return fromHandle(source, await open(path).catch(rethrow(path)));
  }
  const pipe = await spool(createReadStream(path)).catch(rethrow(path));
  return fromHandle({ name: path, ending: '', isStream: true }, pipe);
}

function rethrow(name: string): (cause: unknown) => never {
  return (cause) => {
    throw unreadable(name, cause);
  };
}

interface Source {
  readonly name: string;
  readonly ending: string;
  /** It came over standard input or a pipe. */
  readonly isStream: boolean;
}

function fromHandle(source: Source, file: FileHandle): Roster {
  return {
    name: source.name,
    read: (now, duplicates = 'reject') =>
      readRows(source, file, now, duplicates === 'keep' ? () => undefined : createSightings()),
    close: () => file.close(),
  };
}

async function* readRows(
  { name, ending, isStream }: Source,
  file: FileHandle,
  now: DateTime,
  sight: Sight,
): AsyncGenerator<readonly RosterRow[]> {
  try {
    const isNdjson = await isNdjsonFile(ending, file);
    const lines = readLines(readBytes(file));
    const doubt = isStream ? streamDoubt : await fileDoubt(file, now);
    for await (const rows of isNdjson ? readNdjson(lines, name) : readCsv(lines, name, doubt)) {
      if (rows.length > 0) yield rows.map((row) => toRosterRow(row, sight));
    }
  } catch (error) {
    throw error instanceof RosterError ? error : unreadable(name, error);
  }
}

/** After so long without a write a file is taken for whole, in milliseconds. */
const settledMs = 60_000;
const streamDoubt = 'the row may be cut, because the input ends without a line end: end its last line';

/** Why a last row without a line end may be cut. Many programs leave out the last line end, but none writes for so long. */
async function fileDoubt(file: FileHandle, now: DateTime): Promise<string | undefined> {
  const { mtimeMs } = await file.stat();
  if (now.toMillis() - mtimeMs >= settledMs) return undefined;
  return 'the row may be cut, because the file ends without a line end and was written less than a minute ago: end its last line, or read it a minute later';
}

function toRosterRow(row: RawRow, sight: Sight): RosterRow {
  if ('rejected' in row) return row;
  const { line, fields } = row;
  const user = readUser(fields);
  if (typeof user === 'string') return { line, rejected: user };
  const seen = sight(user, line);
  if (seen === 'duplicate') {
    return { line, rejected: 'duplicate: an earlier row has the same username and userStorageName' };
  }
  const problem = user.associateId === undefined ? associateProblem(fields) : undefined;
  if (seen === undefined && problem === undefined) return { line, user };
  return {
    line,
    user,
    ...(problem === undefined ? {} : { associateProblem: problem }),
    ...(seen === undefined ? {} : { looksLike: seen }),
  };
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
