import { type AssociateNames, readAssociateNames } from '../../roster/associates.ts';
import { RosterError } from '../../roster/errors.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredRoster, type RosterConfig } from '../setup/config.ts';
import { UsageError } from '../usage-error.ts';
import { rowsNamed } from './roster-rows.ts';

/*
 * Findings name associates, and only the roster knows what the users are called: their names are not kept in Redis.
 */

/** The names of these associates; says on the errors' stream why there are none. */
export async function namesFor(
  context: CommandContext,
  config: RosterConfig,
  associates: ReadonlySet<number>,
): Promise<AssociateNames> {
  if (associates.size === 0) return new Map();
  if (config.roster === undefined || config.roster === '-') {
    context.errors.write(
      'caretaker: Without CARETAKER_ROSTER as a file there are no names of users, only associates.\n',
    );
    return new Map();
  }
  try {
    const roster = await openConfiguredRoster(context, config);
    try {
      return await readAssociateNames(roster, associates, context.now());
    } finally {
      await roster.close();
    }
  } catch (error) {
    if (!(error instanceof RosterError)) throw error;
    context.errors.write(`caretaker: There are no names of users, only associates. ${error.message}\n`);
    return new Map();
  }
}

/**
 * The associates of a user of the roster; a number that is no name there is the associate itself.
 *
 * @throws UsageError when there is no such user, or the user has no associate
 */
export async function associatesOf(
  context: CommandContext,
  config: RosterConfig,
  user: string,
): Promise<ReadonlySet<number>> {
  const { roster: path } = config;
  const itself = /^\d{1,10}$/.test(user) ? new Set([Number(user)]) : undefined;
  if (path === undefined || path === '-') {
    if (itself) return itself;
    throw new UsageError(
      `Nobody knows which associate ${user} is: the roster is not set as a file.`,
      'Set CARETAKER_ROSTER, or name the associate by its number: --user 101.',
    );
  }
  const { found, meant } = await rowsNamed(context, config, [user]);
  if (found.length === 0 && itself) return itself;
  if (found.length === 0) {
    const hint =
      meant.length === 0 ? 'Correct the name' : `Did you mean ${meant.join(', ')}? Correct the name`;
    throw new UsageError(
      `The roster ${path} has no user ${user}.`,
      `${hint}, or name the associate by its number: --user 101.`,
    );
  }
  const associates = new Set(found.flatMap(({ associateId }) => associateId ?? []));
  if (associates.size > 0) return associates;
  throw new UsageError(
    `The roster ${path} has no associate for ${user}, so no audit looks at this user.`,
    'Add its associateId to the roster.',
  );
}
