import type { Config } from '../../config/config.ts';
import type { User } from '../../domain/user.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredRoster } from '../setup/config.ts';

/** Every user of the roster that has one of these names. @throws RosterError when it cannot be read */
export async function rowsNamed(
  context: CommandContext,
  config: Pick<Config, 'roster' | 'rosterTimeout'>,
  names: readonly string[],
): Promise<User[]> {
  const roster = await openConfiguredRoster(context, config);
  const found: User[] = [];
  try {
    for await (const rows of roster.read(context.now())) {
      for (const row of rows) if ('user' in row && names.includes(row.user.username)) found.push(row.user);
    }
  } finally {
    await roster.close();
  }
  return found;
}
