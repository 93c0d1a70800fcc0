import { findNamed, type NamedRows } from '../../roster/named-rows.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredRoster, type RosterConfig } from '../setup/config.ts';

/**
 * Looks users up by name in the roster of the configuration.
 *
 * @throws RosterError when it cannot be read
 */
export async function rowsNamed(
  context: CommandContext,
  config: RosterConfig,
  names: readonly string[],
): Promise<NamedRows> {
  const roster = await openConfiguredRoster(context, config);
  try {
    return await findNamed(roster, names, context.now());
  } finally {
    await roster.close();
  }
}
