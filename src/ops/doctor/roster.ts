import { stat } from 'node:fs/promises';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import { RosterError } from '../../roster/errors.ts';
import { openRoster } from '../../roster/roster.ts';
import { type Line, linesOf } from './check.ts';

const { ok, warn, fail, failed, notChecked } = linesOf('roster');

/** A file that has not been written for longer may be out of date. */
const staleDays = 30;
const rejectedShown = 3;

/** The first users, to be read at the vendors. */
export interface RosterSample {
  readonly users: readonly User[];
  readonly associate: User | undefined;
}

/** What the roster is checked with. */
interface RosterCheck {
  readonly sampleSize: number;
  readonly now: DateTime;
  readonly input: NodeJS.ReadableStream;
  /** Gets the first users as soon as they are read. */
  onSample(sample: RosterSample): void;
}

/** Reads the whole roster and counts what it contains. */
export async function checkRoster(
  { roster: path, jobs }: Config,
  { sampleSize, now, input, onSample }: RosterCheck,
): Promise<readonly Line[]> {
  const users: User[] = [];
  let associate: User | undefined;
  const passSample = () => onSample({ users, associate });
  try {
    if (path === undefined)
      return [fail('file', 'no roster is set', 'Set CARETAKER_ROSTER to a CSV or NDJSON file.')];
    if (path === '-') return [notChecked('file', 'only the command run reads standard input')];
    const counts = { users: 0, rejected: 0, withStorage: 0, withAssociate: 0 };
    const rejections: string[] = [];
    const roster = await openRoster(path, input);
    try {
      for await (const rows of roster.read()) {
        for (const row of rows) {
          if ('rejected' in row) {
            counts.rejected += 1;
            if (rejections.length < rejectedShown) rejections.push(`line ${row.line}: ${row.rejected}`);
            continue;
          }
          const { user } = row;
          counts.users += 1;
          if (user.userStorageName) counts.withStorage += 1;
          if (user.associateId !== undefined) {
            counts.withAssociate += 1;
            associate ??= user;
          }
          if (users.length < sampleSize) users.push(user);
        }
        if (users.length >= sampleSize && associate) passSample();
      }
    } finally {
      await roster.close();
    }
    return [
      usersLine(counts, path),
      ...rejectedLines(counts, rejections),
      ...fieldLines(counts, Boolean(jobs['audit-pocket']?.enabled)),
      await ageLine(path, now),
    ];
  } catch (error) {
    if (error instanceof RosterError)
      return [fail('file', error.problem, `${error.advice} The path comes from CARETAKER_ROSTER.`)];
    return [failed('file', error, 'Set CARETAKER_ROSTER to a CSV or NDJSON file that this user may read.')];
  } finally {
    passSample();
  }
}

interface Counts {
  readonly users: number;
  readonly rejected: number;
  readonly withStorage: number;
  readonly withAssociate: number;
}

function usersLine({ users, rejected }: Counts, path: string): Line {
  if (users > 0) return ok('users', `${users} in ${path}`);
  return fail(
    'users',
    `${path} contains no user (${rejected} rows rejected), so every run stops`,
    'Check what writes the file. Its first line must name the columns, and username is one of them.',
  );
}

function rejectedLines({ users, rejected }: Counts, first: readonly string[]): Line[] {
  if (rejected === 0) return [];
  const found = `${rejected} of ${users + rejected} rejected: ${first.join('; ')}${rejected > first.length ? '; …' : ''}`;
  return [warn('rows', found, 'Correct these lines in the roster, or what writes it.')];
}

function fieldLines({ users, withStorage, withAssociate }: Counts, isAudited: boolean): Line[] {
  if (users === 0) return [];
  const found = `${users - withStorage} users without userStorageName, ${users - withAssociate} without associateId`;
  if (isAudited && withAssociate === 0) {
    return [
      warn(
        'fields',
        found,
        'Add the column associateId, which audit-pocket needs, or set AUDIT_POCKET_ENABLED=false.',
      ),
    ];
  }
  return [ok('fields', found)];
}

async function ageLine(path: string, now: DateTime): Promise<Line> {
  const { mtimeMs } = await stat(path);
  const days = Math.max(0, Math.floor((now.toMillis() - mtimeMs) / 86_400_000));
  const found = `written ${days} days ago`;
  return days > staleDays
    ? warn('age', found, 'Check whether what writes the roster still runs.')
    : ok('age', found);
}
