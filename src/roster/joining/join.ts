import { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import type { JoinRule } from '../../config/settings/associates.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { createSort } from '../../sorting/sort.ts';
import { RosterError, RosterInterrupted, unreadable } from '../errors.ts';
import type { RosterFile } from '../file.ts';
import { openText } from '../formats/text.ts';
import { createMeasure } from '../measure.ts';
import type { Patience } from '../patience.ts';
import type { Roster } from '../roster.ts';
import type { RosterRow } from '../rows.ts';
import { spool } from '../spool.ts';
import type { JoinCounts } from './counts.ts';
import { type Cursor, openCursor } from './cursor.ts';
import { keyOf } from './keys.ts';
import { type KeyedAssociate, type KeyedRow, mergeByKey } from './merge.ts';

/** So many rows are written at a time. */
const written = 250;

/** Two sources of one roster. */
interface Sides {
  /** Who may use devices. */
  readonly users: Roster;
  /** Which associates there are. */
  readonly associates: Roster;
}

/**
 * Joins two rosters into a private file, in the order of what their users are compared by: users of the first, with the
 * associates of the second. What is more than memory holds is put in order in the temporary folder.
 *
 * The first is closed with what comes of it, the second may be closed at once.
 *
 * @param now when they are read
 * @throws RosterError when one of them cannot be read, when nobody matches, and when the temporary folder does not take
 *   them; RosterInterrupted after the signal
 */
export async function joinRosters(
  { users, associates }: Sides,
  rule: JoinRule,
  now: DateTime,
  patience: Patience,
): Promise<Roster> {
  const name = `${users.name} with ${associates.name}`;
  const matches = createMeasure(`${name} joined by ${rule}`);
  const sort = createSort();
  const compare = (one: { readonly key: string }, other: { readonly key: string }) =>
    one.key < other.key ? -1 : Number(one.key > other.key);
  const sortedUsers = sort(keyedRows(users, rule, now, patience.signal), { compare });
  const sortedAssociates = sort(keyedAssociates(associates, rule, now, patience.signal), { compare });
  const open: Cursor<unknown>[] = [];
  try {
    // To put them in order takes as long as there are many: nobody waits for a source here.
    const left = await openCursor(sortedUsers);
    open.push(left);
    const right = await openCursor(sortedAssociates);
    open.push(right);
    const merge = mergeByKey(left, right, rule, (key, id) => matches.add(`${key}:${id}\n`, 1));
    const file = await spool(name, Readable.from(linesOf(merge.rows())), patience);
    const counts = merge.counts();
    const isPart = Boolean(users.isPart || associates.isPart);
    // Of two parts nobody may match.
    if (!isPart && isMismatch(counts)) {
      await file.close(patience);
      throw nobodyMatches(name, counts);
    }
    return {
      ...users,
      name,
      read: (_now, _duplicates, signal) => readBack(name, file, { ...patience, signal }),
      sources: [...(users.sources ?? []), ...(associates.sources ?? []), matches.measure()],
      join: counts,
      ...(isPart ? { isPart } : {}),
      async close() {
        await Promise.all([users.close(), file.close(patience)]);
      },
    };
  } catch (error) {
    throw toJoinError(name, error);
  } finally {
    await Promise.all(open.map((cursor) => cursor.close()));
  }
}

async function* keyedRows(
  roster: Roster,
  rule: JoinRule,
  now: DateTime,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly KeyedRow[]> {
  for await (const rows of roster.read(now, 'reject', signal)) {
    yield rows.map((row) => ({ key: 'user' in row ? keyOf(row, rule) : '', row }));
  }
}

/** Two associates of one name are no duplicates here: nobody knows which of them is meant. */
async function* keyedAssociates(
  roster: Roster,
  rule: JoinRule,
  now: DateTime,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly KeyedAssociate[]> {
  for await (const rows of roster.read(now, 'keep', signal)) {
    yield rows.map((row) => {
      if (!('user' in row))
        return { key: '', associateId: undefined, name: `row ${row.line} (${row.rejected})` };
      const { associateId, username } = row.user;
      const key = associateId === undefined ? '' : keyOf(row, rule);
      return { key, associateId, name: `${username} (associate ${associateId ?? 'unknown'})` };
    });
  }
}

async function* linesOf(rows: AsyncIterable<RosterRow>): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const row of rows) {
    lines.push(`${JSON.stringify(row)}\n`);
    if (lines.length < written) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

async function* readBack(
  name: string,
  file: RosterFile,
  patience: Patience,
): AsyncGenerator<readonly RosterRow[]> {
  try {
    const { lines } = await openText('.ndjson', (part, position) => file.read(part, position, patience));
    for await (const { texts } of lines) {
      // Nobody but this process can have written it.
      yield texts.map((text): RosterRow => JSON.parse(text));
    }
  } catch (error) {
    throw toJoinError(name, error);
  }
}

/** Both sides have somebody, and not one of them is the same: the rule is the wrong one. */
function isMismatch({ matched, onlyUsers, onlyAssociates, ...others }: JoinCounts): boolean {
  const ambiguous = others.ambiguousUsers.count;
  return matched === 0 && onlyUsers.count + ambiguous > 0 && onlyAssociates.count + ambiguous > 0;
}

function nobodyMatches(name: string, { rule, ...sides }: JoinCounts): RosterError {
  if (rule === 'mail')
    return new RosterError(
      `Of the roster ${name} no user has the mail address of an associate, as CARETAKER_ROSTER_JOIN=mail compares them.`,
      'Check ROSTER_LDAP_MAIL_ATTRIBUTE, or the column mail of the file, and ROSTER_SUPEROFFICE_MAIL_COLUMN.',
    );
  const [user] = [...sides.onlyUsers.names, ...sides.ambiguousUsers.names];
  const [associate] = [...sides.onlyAssociates.names, ...sides.ambiguousAssociates.names];
  return new RosterError(
    `Of the roster ${name} no user is an associate by CARETAKER_ROSTER_JOIN=${rule}: there is ${JSON.stringify(user)} on one side and ${JSON.stringify(associate)} on the other.`,
    'Set CARETAKER_ROSTER_JOIN, or the attributes and columns that hold the names, so that both sides have the same ones.',
  );
}

function toJoinError(name: string, error: unknown): unknown {
  if (error instanceof RosterError || error instanceof RosterInterrupted) return error;
  if (error instanceof OperatorError) return new RosterError(error.problem, error.advice, { cause: error });
  return unreadable(name, error);
}
