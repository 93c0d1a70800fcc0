import type { Config } from '../../config/config.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { CommandContext } from '../context.ts';
import { openConfiguredRoster } from '../setup/config.ts';

/**
 * Opens the roster for one command and closes it behind it. It is opened once: standard input cannot be opened again,
 * and a run is to see one roster. Users named by hand need none.
 */
export async function withRoster<T>(
  context: CommandContext,
  config: Config,
  named: readonly string[] | undefined,
  use: (openRoster: WorkerContext['openRoster']) => Promise<T>,
): Promise<T> {
  const roster = named?.length ? undefined : await openConfiguredRoster(context, config);
  try {
    return await use(async () => {
      if (!roster) throw new Error('The users were named by hand, and no roster was opened.');
      return { ...roster, close: async () => {} };
    });
  } finally {
    await roster?.close();
  }
}
