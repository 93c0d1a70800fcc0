import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { User } from '../../domain/user.ts';
import type { RosterRow } from '../../roster/roster.ts';
import { addFailure, emptyTally, type Failure } from '../../runs/tally.ts';
import { fingerprintOf } from '../messages/batch-id.ts';
import type { BatchData } from '../messages/payloads.ts';
import { toTuple } from '../messages/tuples.ts';
import type { UserSource } from './user-source.ts';

/** What was counted while users were read. */
export interface UserCount {
  rows: number;
  rejected: number;
  selected: number;
  /** Changes with any user and with their order. */
  fingerprint: string;
  readonly rejections: Failure[];
}

/** A count of nothing yet. */
export function newUserCount(): UserCount {
  return { rows: 0, rejected: 0, selected: 0, fingerprint: '', rejections: emptyTally().failures };
}

/** So many users as make a batch. */
export interface UserBatch {
  readonly users: readonly User[];
  /** As they travel through the queue. */
  readonly data: BatchData;
  readonly fingerprint: string;
}

interface Reading {
  /** Hears of each row that cannot be used. */
  readonly log?: Logger;
  /** An earlier reading turned no row down, and this one is compared with it by its fingerprint. */
  readonly isKnown?: boolean;
}

/**
 * The users of a run, a batch at a time. Rows that cannot be used are counted and, with a log, reported with their line.
 *
 * @throws RosterError when the roster cannot be read
 */
export async function* readUsers(
  source: UserSource,
  batchSize: number,
  count: UserCount,
  { log, isKnown = false }: Reading = {},
): AsyncGenerator<UserBatch> {
  let batch: User[] = [];
  for await (const rows of rowsOf(source, count, isKnown)) {
    for (const row of rows) {
      count.rows += 1;
      if ('rejected' in row) {
        count.rejected += 1;
        addFailure({ failures: count.rejections }, { user: `roster line ${row.line}`, reason: row.rejected });
        log?.warn({ line: row.line, reason: row.rejected }, 'roster row rejected');
        continue;
      }
      batch.push(row.user);
      if (batch.length < batchSize) continue;
      yield counted(count, batch);
      batch = [];
    }
  }
  if (batch.length > 0) yield counted(count, batch);
}

function counted(count: UserCount, users: readonly User[]): UserBatch {
  const data = { users: users.map(toTuple) };
  const fingerprint = fingerprintOf(data);
  count.selected += users.length;
  count.fingerprint = hash('sha256', count.fingerprint + fingerprint, 'hex');
  return { users, data, fingerprint };
}

async function* rowsOf(
  source: UserSource,
  count: UserCount,
  isDistinct: boolean,
): AsyncGenerator<readonly RosterRow[]> {
  if (source.kind === 'named') return yield rowsNamed(source.users);
  if (source.kind === 'plan') {
    const { roster, users = [] } = source.plan;
    // Rows that were turned down when the plan was made: the plan does not have them any more.
    count.rows += roster.rejected;
    count.rejected += roster.rejected;
    return yield rowsNamed(users);
  }
  const roster = await source.openRoster();
  try {
    yield* roster.read(isDistinct ? 'keep' : 'reject');
  } finally {
    await roster.close();
  }
}

function rowsNamed(users: readonly User[]): RosterRow[] {
  return users.map((user, index) => ({ line: index + 1, user }));
}
