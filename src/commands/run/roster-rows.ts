import type { User } from '../../domain/user.ts';
import { openRoster } from '../../roster/roster.ts';
import type { CommandContext } from '../context.ts';

/** Every user of the roster that has one of these names. @throws RosterError when it cannot be read */
export async function rowsNamed(
  context: CommandContext,
  path: string,
  names: readonly string[],
): Promise<User[]> {
  const roster = await openRoster(path, context.input);
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
