import type { JoinRule } from '../../config/settings/associates.ts';
import type { RosterRow, RosterUser } from '../rows.ts';
import { createNaming, type JoinCounts } from './counts.ts';
import type { Cursor } from './cursor.ts';

/** A row of the users, with what it is compared by; empty where it names nobody, or has nothing to compare. */
export interface KeyedRow {
  readonly key: string;
  readonly row: RosterRow;
}

/** An associate, with what it is compared by. */
export interface KeyedAssociate {
  readonly key: string;
  /** Undefined for a row that cannot be used. */
  readonly associateId: number | undefined;
  /** What people know it as. */
  readonly name: string;
}

/** A join under way. */
export interface Merge {
  /** The rows of all users, with the associate where one matches. */
  rows(): AsyncGenerator<RosterRow>;
  /** What has come of it; whole once all rows are read. */
  counts(): JoinCounts;
}

/**
 * Joins users and associates that are in the order of their keys. Only where one user and one associate share a key, they
 * match.
 *
 * @param onMatch hears of each match
 */
export function mergeByKey(
  users: Cursor<KeyedRow>,
  associates: Cursor<KeyedAssociate>,
  rule: JoinRule,
  onMatch: (key: string, associateId: number) => void,
): Merge {
  let matched = 0;
  const onlyUsers = createNaming();
  const onlyAssociates = createNaming();
  const ambiguousUsers = createNaming();
  const ambiguousAssociates = createNaming();

  async function* rows(): AsyncGenerator<RosterRow> {
    for (;;) {
      const key = smaller(users.peek()?.key, associates.peek()?.key);
      if (key === undefined) return;
      const isShared = users.peek()?.key === key && associates.peek()?.key === key;
      if (isShared && key !== '') {
        yield* takeBoth(key);
        continue;
      }
      await takeAssociates(key, onlyAssociates.add);
      yield* takeUsers(key, onlyUsers.add);
    }
  }

  async function* takeBoth(key: string): AsyncGenerator<RosterRow> {
    const [user, associate] = [users.peek(), associates.peek()];
    if (!user || !associate) return;
    await users.advance();
    await associates.advance();
    const { row } = user;
    const { associateId } = associate;
    const isClear = users.peek()?.key !== key && associates.peek()?.key !== key;
    if (isClear && associateId !== undefined && 'user' in row) {
      matched += 1;
      onMatch(key, associateId);
      yield withAssociate(row, associateId);
      return;
    }
    ambiguousAssociates.add(associate.name);
    await takeAssociates(key, ambiguousAssociates.add);
    const associateProblem = `which associate this is nobody can say: by CARETAKER_ROSTER_JOIN=${rule} several users or associates have one name`;
    if ('user' in row) {
      ambiguousUsers.add(nameOf(row));
      yield { ...withoutAssociate(row), associateProblem };
    }
    for await (const other of takeUsers(key, ambiguousUsers.add)) yield { ...other, associateProblem };
  }

  async function takeAssociates(key: string, add: (name: string) => void): Promise<void> {
    for (let next = associates.peek(); next?.key === key; next = associates.peek()) {
      add(next.name);
      await associates.advance();
    }
  }

  async function* takeUsers(key: string, add: (name: string) => void): AsyncGenerator<RosterRow> {
    for (let next = users.peek(); next?.key === key; next = users.peek()) {
      const { row } = next;
      if ('user' in row) add(nameOf(row));
      yield 'user' in row ? withoutAssociate(row) : row;
      await users.advance();
    }
  }

  return {
    rows,
    counts: () => ({
      rule,
      matched,
      onlyUsers: onlyUsers.named(),
      onlyAssociates: onlyAssociates.named(),
      ambiguousUsers: ambiguousUsers.named(),
      ambiguousAssociates: ambiguousAssociates.named(),
    }),
  };
}

function smaller(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

/** The row without what other sources say of an associate, and without what was only there to be compared. */
function withoutAssociate({ mail: _, associateProblem: __, user, ...row }: RosterUser): RosterUser {
  const { associateId: ___, ...rest } = user;
  return { ...row, user: rest };
}

function withAssociate(row: RosterUser, associateId: number): RosterUser {
  const { user, ...rest } = withoutAssociate(row);
  return { ...rest, user: { ...user, associateId } };
}

/** `anna (AD)`: one name may be in two storages. */
function nameOf({ user: { username, userStorageName } }: RosterUser): string {
  return userStorageName === undefined ? username : `${username} (${userStorageName})`;
}
