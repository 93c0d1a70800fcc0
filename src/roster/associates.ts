import type { DateTime } from 'luxon';
import type { Roster } from './roster.ts';

/** Names of users by the number of their associate. */
export type AssociateNames = ReadonlyMap<number, string>;

/**
 * What the users are called that have these associates; one that the roster does not have is left out. The roster is read
 * once, and nothing else of it is kept.
 *
 * @throws RosterError when it cannot be read
 */
export async function readAssociateNames(
  roster: Roster,
  associates: ReadonlySet<number>,
  now: DateTime,
): Promise<AssociateNames> {
  const names = new Map<number, string>();
  // Names alone are looked up, so it does not matter who comes twice.
  for await (const rows of roster.read(now, 'keep')) {
    for (const row of rows) {
      if (!('user' in row)) continue;
      const { associateId, username } = row.user;
      if (associateId === undefined || !associates.has(associateId)) continue;
      if (!names.has(associateId)) names.set(associateId, username);
    }
  }
  return names;
}
