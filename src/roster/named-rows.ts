import type { DateTime } from 'luxon';
import { closeName, isClose } from '../domain/close-name.ts';
import type { User } from '../domain/user.ts';
import type { Roster } from './roster.ts';

/** What a roster has for names that somebody typed. */
export interface NamedRows {
  /** Every row of those names, in the order of the roster. */
  readonly found: readonly User[];
  /** Names that it does not have. */
  readonly missing: readonly string[];
  /** Names that it has and that may have been meant by those. */
  readonly meant: readonly string[];
}

/** For each missing name so many are remembered that it may mean. */
const closestKept = 20;

/**
 * Looks users up by name. A name in another case counts where the roster has it in one way only.
 *
 * @param signal ends the reading
 * @throws RosterError when it cannot be read, RosterInterrupted after the signal
 */
export async function findNamed(
  roster: Pick<Roster, 'read'>,
  names: readonly string[],
  now: DateTime,
  signal?: AbortSignal,
): Promise<NamedRows> {
  const asked = names.map((name) => ({
    name,
    exact: [] as User[],
    folded: [] as User[],
    close: [] as string[],
  }));
  for await (const rows of roster.read(now, 'reject', signal)) {
    for (const row of rows) {
      if (!('user' in row)) continue;
      const { username } = row.user;
      for (const { name, exact, folded, close } of asked) {
        if (username === name) exact.push(row.user);
        else if (fold(username) === fold(name)) folded.push(row.user);
        else if (close.length < closestKept && isClose(name, username)) close.push(username);
      }
    }
  }
  const found = asked.map(({ exact, folded }) => (exact.length > 0 ? exact : inOneWay(folded)));
  const lacking = asked.filter((_, index) => found[index]?.length === 0);
  return {
    found: [...new Set(found.flat())],
    missing: lacking.map(({ name }) => name),
    meant: lacking.flatMap(({ name, folded, close }) =>
      folded.length > 0 ? folded.map(({ username }) => username) : (closeName(name, close) ?? []),
    ),
  };
}

function inOneWay(users: readonly User[]): readonly User[] {
  return new Set(users.map(({ username }) => username)).size === 1 ? users : [];
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
