import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';
import { associateProblem, readUser } from './columns.ts';
import { type RawRow, readCsv } from './formats/csv.ts';
import { readNdjson } from './formats/ndjson.ts';
import { openText } from './formats/text.ts';
import type { Sight } from './seen.ts';

/** One row of the roster: the user, or why there is none. `line` is where the row begins in the file, from 1. */
export type RosterRow = RosterUser | RejectedRow;

/** A row that names no user. */
export interface RejectedRow {
  readonly line: number;
  /** Why, and what to do. */
  readonly rejected: string;
  /** An earlier row names the same user. */
  readonly isDuplicate?: true;
}

/** A row that names a user. */
export interface RosterUser {
  readonly line: number;
  readonly user: User;
  /** Why its associate cannot be used, which only matters to who needs it. */
  readonly associateProblem?: string;
  /** Mail address, where the roster says it: only to join sources by. */
  readonly mail?: string;
  /** The line of an earlier user whose name differs only in what people do not see or mean. */
  readonly looksLike?: number;
}

/** What the rows are in. */
export interface Source {
  readonly name: string;
  readonly ending: string;
  /** It came over standard input or a pipe. */
  readonly isStream: boolean;
}

/** A file under the deadlines of one reading. */
export interface PatientFile {
  read(part: Uint8Array, position: number): Promise<number>;
  writtenAtMs(): Promise<number>;
}

/** The rows of a file from its beginning, some hundreds at a time. @throws RosterError, and what the file throws */
export async function* readRows(
  { name, ending, isStream }: Source,
  file: PatientFile,
  now: DateTime,
  sight: Sight,
): AsyncGenerator<readonly RosterRow[]> {
  const { isNdjson, lines } = await openText(ending, file.read);
  const doubt = isStream ? streamDoubt : await fileDoubt(file, now);
  for await (const rows of isNdjson ? readNdjson(lines, name) : readCsv(lines, name, doubt)) {
    if (rows.length > 0) yield rows.map((row) => toRosterRow(row, sight));
  }
}

/** After so long without a write a file is taken for whole, in milliseconds. */
const settledMs = 60_000;
const streamDoubt = 'the row may be cut, because the input ends without a line end: end its last line';

/** Why a last row without a line end may be cut. Many programs leave out the last line end, but none writes for so long. */
async function fileDoubt(file: PatientFile, now: DateTime): Promise<string | undefined> {
  if (now.toMillis() - (await file.writtenAtMs()) >= settledMs) return undefined;
  return 'the row may be cut, because the file ends without a line end and was written less than a minute ago: end its last line, or read it a minute later';
}

function toRosterRow(row: RawRow, sight: Sight): RosterRow {
  if ('rejected' in row) return row;
  const { line, fields } = row;
  const user = readUser(fields);
  if (typeof user === 'string') return { line, rejected: user };
  const seen = sight(user, line);
  if (seen === 'duplicate') {
    const rejected = 'duplicate: an earlier row has the same username and userStorageName';
    return { line, rejected, isDuplicate: true };
  }
  const problem = user.associateId === undefined ? associateProblem(fields) : undefined;
  const mail = typeof fields.mail === 'string' && fields.mail !== '' ? fields.mail : undefined;
  if (seen === undefined && problem === undefined && mail === undefined) return { line, user };
  return {
    line,
    user,
    ...(problem === undefined ? {} : { associateProblem: problem }),
    ...(mail === undefined ? {} : { mail }),
    ...(seen === undefined ? {} : { looksLike: seen }),
  };
}
