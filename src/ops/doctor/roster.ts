import { stat } from 'node:fs/promises';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import { openRoster } from '../../roster/roster.ts';
import { type Line, linesOf, saidBy } from './check.ts';

const { ok, warn, fail, notChecked } = linesOf('roster');

/** A file that nobody has written for longer is taken for forgotten. */
const staleDays = 30;
const rejectedShown = 3;

/** The first users, to ask the vendors about. */
export interface RosterSample {
  readonly users: readonly User[];
  readonly associate: User | undefined;
}

/** Reads the whole roster and tells what it holds. `onSample` gets its first users as soon as they are read. */
export async function checkRoster(
  { roster: place, jobs }: Config,
  sampleSize: number,
  now: DateTime,
  input: NodeJS.ReadableStream,
  onSample: (sample: RosterSample) => void,
): Promise<readonly Line[]> {
  const users: User[] = [];
  let associate: User | undefined;
  const tell = () => onSample({ users, associate });
  try {
    if (place === undefined)
      return [fail('file', 'none is set', 'set CARETAKER_ROSTER to a CSV or NDJSON file')];
    if (place === '-') return [notChecked('file', 'standard input is read by the command run only')];
    const counts = { users: 0, rejected: 0, withStorage: 0, withAssociate: 0 };
    const rejections: string[] = [];
    const roster = await openRoster(place, input);
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
        if (users.length >= sampleSize && associate) tell();
      }
    } finally {
      await roster.close();
    }
    return [
      usersLine(counts, place),
      ...rejectedLines(counts, rejections),
      ...fieldLines(counts, Boolean(jobs['audit-pocket']?.enabled)),
      await ageLine(place, now),
    ];
  } catch (error) {
    return [
      fail('file', saidBy(error), 'set CARETAKER_ROSTER to a CSV or NDJSON file that this user may read'),
    ];
  } finally {
    tell();
  }
}

interface Counts {
  readonly users: number;
  readonly rejected: number;
  readonly withStorage: number;
  readonly withAssociate: number;
}

function usersLine({ users, rejected }: Counts, place: string): Line {
  if (users > 0) return ok('users', `${users} in ${place}`);
  return fail(
    'users',
    `${place} holds no user (${rejected} rows turned down): every run would stop`,
    'look at what writes the file; its first line names the columns, username among them',
  );
}

function rejectedLines({ users, rejected }: Counts, first: readonly string[]): Line[] {
  if (rejected === 0) return [];
  const found = `${rejected} of ${users + rejected} turned down: ${first.join('; ')}${rejected > first.length ? '; …' : ''}`;
  return [warn('rows', found, 'correct these lines in the roster, or what writes it')];
}

function fieldLines({ users, withStorage, withAssociate }: Counts, isAudited: boolean): Line[] {
  if (users === 0) return [];
  const found = `without userStorageName ${users - withStorage}, without associateId ${users - withAssociate}`;
  if (isAudited && withAssociate === 0) {
    return [
      warn('fields', found, 'audit-pocket needs the column associateId; or set AUDIT_POCKET_ENABLED=false'),
    ];
  }
  return [ok('fields', found)];
}

async function ageLine(place: string, now: DateTime): Promise<Line> {
  const { mtimeMs } = await stat(place);
  const days = Math.max(0, Math.floor((now.toMillis() - mtimeMs) / 86_400_000));
  const found = `written ${days} days ago`;
  return days > staleDays
    ? warn('age', found, 'look whether what writes the roster still runs')
    : ok('age', found);
}
