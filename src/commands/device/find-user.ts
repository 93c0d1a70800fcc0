import type { PointsharpUser } from '../../clients/pointsharp/query.ts';
import type { CommandContext } from '../context.ts';
import { rowsNamed } from '../run/roster-rows.ts';
import type { RosterConfig } from '../setup/config.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The user of this name, with the storage that the roster has for it. A storage that is named is taken as it is; without
 * a roster, and with one on standard input, the vendor searches all storages.
 *
 * @throws UsageError when the roster has several users of this name, or none
 */
export async function findUser(
  context: CommandContext,
  config: RosterConfig,
  username: string,
  storage: string | undefined,
): Promise<PointsharpUser> {
  const { roster } = config;
  if (storage !== undefined) return { username, userStorageName: storage };
  if (roster === undefined || roster === '-') return { username };
  const { found: rows, meant } = await rowsNamed(context, config, [username]);
  const [found, ...more] = rows;
  if (!found) {
    const hint = meant.length === 0 ? '' : `Did you mean ${meant.join(', ')}? `;
    throw new UsageError(
      `The roster ${roster} has no user ${username}.`,
      `${hint}Correct the name, or name the storage with --storage. To let Pointsharp ID search all storages, call the command with CARETAKER_ROSTER= in front.`,
    );
  }
  if (more.length > 0) {
    const places = [found, ...more].map(({ userStorageName }) => userStorageName ?? 'no storage').join(', ');
    throw new UsageError(
      `The roster ${roster} has ${more.length + 1} users called ${username}: in ${places}.`,
      'Say which one with --storage.',
    );
  }
  const { userStorageName } = found;
  return { username: found.username, ...(userStorageName === undefined ? {} : { userStorageName }) };
}

/** A user, for people: `kari in AD`. */
export function describeUser({ username, userStorageName }: PointsharpUser): string {
  return userStorageName === undefined ? username : `${username} in ${userStorageName}`;
}
