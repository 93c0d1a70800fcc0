import { hash } from 'node:crypto';
import type { DateTime } from 'luxon';
import type { Logger } from 'pino';
import type { User } from '../../../domain/user.ts';
import { createNamedGroups } from '../../../jobs/named-groups.ts';
import { encodingDoubt } from '../../../roster/formats/understood.ts';
import type { Roster, RosterRow } from '../../../roster/roster.ts';
import { addFailure } from '../../../runs/tally.ts';
import { batchText } from '../../messages/batch-data.ts';
import { fingerprintOf } from '../../messages/batch-id.ts';
import { toTuple } from '../../messages/tuples.ts';
import type { UserCount } from './user-count.ts';
import type { UserSource } from './user-source.ts';

/** So many users as make a batch. */
export interface UserBatch {
  readonly users: readonly User[];
  /** As they travel through the queue. */
  readonly text: string;
  readonly fingerprint: string;
}

interface Reading {
  /** When the run was planned: all its readings take the same last row of the file for whole. */
  readonly asOf: DateTime;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of rows that cannot be used, or that look like others. */
  readonly log?: Logger;
  /** An earlier reading turned no row down, and this one is compared with it by its fingerprint. */
  readonly isKnown?: boolean;
  /** Users are known by their associates: a row whose associate cannot be used is turned down. */
  readonly byAssociate?: boolean;
  /** The groups that the policy names: no others travel with the users. */
  readonly groups: readonly string[];
}

/** How many rows of a kind are logged one by one; a spreadsheet can leave a million of them. */
const rowsLogged = 20;

/**
 * The users of a run, a batch at a time. Rows that cannot be used are counted and, with a log, the first are reported with
 * their lines.
 *
 * @throws RosterError when the roster cannot be read, RosterInterrupted after the signal
 */
export async function* readUsers(
  source: UserSource,
  batchSize: number,
  count: UserCount,
  reading: Reading,
): AsyncGenerator<UserBatch> {
  const { log, byAssociate = false } = reading;
  const groups = createNamedGroups(reading.groups);
  let batch: User[] = [];
  let alike = 0;
  for await (const rows of rowsOf(source, count, reading)) {
    for (const found of rows) {
      const row = byAssociate ? requireAssociate(found) : found;
      const { line } = row;
      count.rows += 1;
      if ('rejected' in row) {
        const { rejected: reason } = row;
        count.rejected += 1;
        addFailure({ failures: count.rejections }, { user: `roster line ${line}`, reason });
        if (count.rejected <= rowsLogged) log?.warn({ line, reason }, 'roster row rejected');
        continue;
      }
      if (row.looksLike !== undefined) {
        alike += 1;
        const { looksLike } = row;
        if (alike <= rowsLogged) log?.warn({ line, looksLike }, 'roster row looks like another');
      }
      batch.push(groups.narrow(row.user));
      if (batch.length < batchSize) continue;
      yield counted(count, batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield counted(count, batch);
  const missing = source.kind === 'roster' ? groups.missing() : [];
  if (missing.length > 0) {
    count.missingGroups = missing;
    log?.warn({ groups: missing }, 'no user of the roster is in a group that the policy names');
  }
  if (count.rejected > rowsLogged) log?.warn({ rejected: count.rejected }, 'roster rows rejected');
  if (alike > rowsLogged) log?.warn({ rows: alike }, 'roster rows look like others');
}

function requireAssociate(row: RosterRow): RosterRow {
  if ('rejected' in row || row.associateProblem === undefined) return row;
  return { line: row.line, rejected: row.associateProblem };
}

function counted(count: UserCount, users: readonly User[]): UserBatch {
  const { text, fingerprint } = textOf(users);
  count.selected += users.length;
  count.fingerprint = hash('sha256', count.fingerprint + fingerprint, 'hex');
  return { users, text, fingerprint };
}

/** How users travel through the queue. */
export function textOf(users: readonly User[]): Pick<UserBatch, 'text' | 'fingerprint'> {
  const text = batchText({ users: users.map(toTuple) });
  return { text, fingerprint: fingerprintOf(text) };
}

async function* rowsOf(
  source: UserSource,
  count: UserCount,
  { asOf, isKnown = false, signal, log }: Reading,
): AsyncGenerator<readonly RosterRow[]> {
  if (source.kind === 'named') return yield rowsNamed(source.users);
  if (source.kind === 'plan') {
    const { roster, users = [] } = source.plan;
    // Rows that were turned down when the plan was made: the plan does not have them any more.
    count.rows += roster.rejected;
    count.rejected += roster.rejected;
    return yield rowsNamed(users);
  }
  const roster = await source.openRoster(signal);
  try {
    if (log) await warnOfEncoding(roster, log, signal);
    if (roster.sources) count.sources = roster.sources;
    if (roster.join) {
      count.join = roster.join;
      log?.info(roster.join, 'roster joined');
    }
    const writtenAtMs = await roster.writtenAtMs?.();
    if (writtenAtMs !== undefined) count.writtenAtMs = writtenAtMs;
    yield* roster.read(asOf, isKnown ? 'keep' : 'reject', signal);
  } finally {
    await roster.close();
  }
}

async function warnOfEncoding(roster: Roster, log: Logger, signal?: AbortSignal): Promise<void> {
  const understood = await roster.understand?.(signal);
  if (understood && encodingDoubt(understood) !== undefined)
    log.warn({ encoding: understood.encoding }, 'roster is not UTF-8');
}

function rowsNamed(users: readonly User[]): RosterRow[] {
  return users.map((user, index) => ({ line: index + 1, user }));
}
