import type { Readable } from 'node:stream';
import type { DateTime, Duration } from 'luxon';
import type { Config } from '../../../config/config.ts';
import type { User } from '../../../domain/user.ts';
import { findJob } from '../../../jobs/index.ts';
import { createNamedGroups, type NamedGroups } from '../../../jobs/named-groups.ts';
import { RosterError } from '../../../roster/errors.ts';
import type { Understood } from '../../../roster/formats/understood.ts';
import { openSource } from '../../../roster/sources/open-source.ts';
import { type Line, linesOf } from '../check.ts';
import { joinLines, openArchive } from './roster-archive.ts';
import {
  alikeLines,
  associateLines,
  createSample,
  fieldLines,
  formatLine,
  groupLines,
  rejectedLines,
  usersLine,
} from './roster-rows.ts';

const { ok, warn, fail, failed, notChecked } = linesOf('roster');

/** The check of a roster that another machine holds which is down. */
export const awayCheck = 'source';

/** A file that has not been written for longer may be out of date. */
const staleDays = 30;

/** The first users, to be read at the vendors. */
export interface RosterSample {
  readonly users: readonly User[];
  readonly associate: User | undefined;
}

/** What the roster is checked with. */
interface RosterCheck {
  readonly sampleSize: number;
  readonly now: DateTime;
  readonly input: Readable;
  /** After so long no further page of a directory or of SuperOffice is read, in milliseconds. */
  readonly enoughMs: number;
  /** How long to wait for its opening, and each time for more of it. */
  readonly timeoutMs: number;
  /** Gets the first users as soon as they are read. */
  onSample(sample: RosterSample): void;
}

/** Reads the whole roster and counts what it contains. */
export async function checkRoster(
  config: Config,
  { sampleSize, now, input, timeoutMs, enoughMs, onSample }: RosterCheck,
): Promise<readonly Line[]> {
  const { roster: path, directories, download, jobs, rosterMaxAge } = config;
  let archive: ReturnType<typeof openArchive>;
  const users: User[] = [];
  let associate: User | undefined;
  const passSample = () => onSample({ users, associate });
  try {
    if (path === undefined)
      return [fail('file', 'no roster is set', 'Set CARETAKER_ROSTER to a CSV or NDJSON file.')];
    if (path === '-') return [notChecked('file', 'only the command run reads standard input')];
    const isAudited = Boolean(jobs['audit-pocket']?.enabled);
    const counts = { users: 0, rejected: 0, withStorage: 0, withAssociate: 0, departed: 0 };
    const groups = groupsNamedIn(jobs);
    const rejections = createSample();
    const alike = createSample();
    const associates = createSample();
    let understood: Understood | undefined;
    let writtenAtMs: number | undefined;
    archive = openArchive(config, now);
    const roster = await openSource({ directories, download, archive, roster: path }, input, {
      timeoutMs,
      enoughMs,
      // By then nobody listens: a large directory must not hold up the end of the process.
      signal: AbortSignal.timeout(timeoutMs * 2),
    });
    try {
      understood = await roster.understand?.();
      for await (const rows of roster.read(now)) {
        for (const row of rows) {
          if ('rejected' in row) {
            counts.rejected += 1;
            rejections.add(`line ${row.line}: ${row.rejected}`);
            continue;
          }
          const { user, line, looksLike, associateProblem } = row;
          if (looksLike !== undefined) alike.add(`line ${line} like line ${looksLike}`);
          if (associateProblem !== undefined) associates.add(`line ${line}: ${associateProblem}`);
          groups.narrow(user);
          counts.users += 1;
          if (user.userStorageName) counts.withStorage += 1;
          if (user.active === false) counts.departed += 1;
          if (user.associateId !== undefined) {
            counts.withAssociate += 1;
            associate ??= user;
          }
          if (users.length < sampleSize) users.push(user);
        }
        if (users.length >= sampleSize && associate) passSample();
      }
      writtenAtMs = await roster.writtenAtMs?.();
    } finally {
      await roster.close();
    }
    return [
      usersLine(counts, path, roster.isPart),
      ...(understood ? [formatLine(understood)] : []),
      ...joinLines(roster.join, roster.isPart),
      ...rejectedLines(counts, rejections),
      ...alikeLines(alike),
      ...(isAudited ? associateLines(associates) : []),
      // Whoever has no associate may have one behind the part.
      ...(roster.join && roster.isPart ? [] : fieldLines(counts, isAudited)),
      // Whoever was not read may be in the group.
      ...groupLines(roster.isPart ? [] : groups.missing()),
      ...(writtenAtMs === undefined ? [] : [ageLine(now.toMillis() - writtenAtMs, rosterMaxAge)]),
    ];
  } catch (error) {
    if (error instanceof RosterError) {
      const isFile = directories.length === 0 && !download && !config.associates;
      const from = isFile ? ' The path comes from CARETAKER_ROSTER.' : '';
      return [fail(error.isAway ? awayCheck : 'file', error.problem, `${error.advice}${from}`)];
    }
    return [failed('file', error, 'Set CARETAKER_ROSTER to a CSV or NDJSON file that this user may read.')];
  } finally {
    passSample();
    await archive?.close();
  }
}

/** The groups that the policies of all jobs name. */
function groupsNamedIn(jobs: Config['jobs']): NamedGroups {
  const configured = Object.entries(jobs).filter(([, { enabled }]) => enabled);
  return createNamedGroups(configured.flatMap(([name, { policy }]) => findJob(name)?.groups?.(policy) ?? []));
}

function ageLine(ageMs: number, maxAge: Duration | undefined): Line {
  const days = Math.max(0, Math.floor(ageMs / 86_400_000));
  const found = `written ${days} days ago`;
  if (maxAge !== undefined && ageMs > maxAge.toMillis())
    return warn(
      'age',
      `${found}, longer than CARETAKER_ROSTER_MAX_AGE=${maxAge.toISO()}, so every run in enforce is held`,
      'Check whether what writes the roster still runs.',
    );
  return days > staleDays
    ? warn('age', found, 'Check whether what writes the roster still runs.')
    : ok('age', found);
}
