import type { Config } from '../../config/config.ts';
import type { Crew } from '../../queue/context.ts';
import { openRoster } from '../../roster/roster.ts';
import type { Door } from '../context.ts';
import { rosterPlace } from '../setup/config.ts';

/**
 * Opens the roster for one command and closes it behind it. It is opened once: standard input cannot be opened again,
 * and a run is to see one roster. Users named by hand need none.
 */
export async function withRoster<T>(
  door: Door,
  config: Config,
  named: readonly string[] | undefined,
  use: (openRoster: Crew['openRoster']) => Promise<T>,
): Promise<T> {
  const roster = named?.length ? undefined : await openRoster(rosterPlace(config), door.input);
  try {
    return await use(async () => {
      if (!roster) throw new Error('The users were named by hand, and no roster was opened.');
      return { ...roster, close: async () => {} };
    });
  } finally {
    await roster?.close();
  }
}
