import type { Readable } from 'node:stream';
import type { Config } from '../../config/config.ts';
import type { Patience } from '../patience.ts';
import { openRoster, type Roster } from '../roster.ts';

/** What says where the users come from. */
export type SourceSettings = Pick<Config, 'directories' | 'download'> & {
  /** The path of a file, or `-`; of no account where there is something else. */
  readonly roster: string;
};

/**
 * Opens the roster of the configuration. What comes over the network is fetched once, and kept in a private file; whatever
 * signs in there is what its file holds now.
 *
 * @throws RosterError when it cannot be read whole, RosterInterrupted after the signal
 */
export async function openSource(
  { directories, download, roster }: SourceSettings,
  standardInput: Readable,
  patience: Patience,
): Promise<Roster> {
  if (download) {
    const { openDownload } = await import('./download.ts');
    return openDownload(download.again?.() ?? download, patience);
  }
  if (directories.length === 0) return openRoster(roster, standardInput, patience);
  // Only who has a directory pays for the library.
  const { openDirectories } = await import('./directories.ts');
  return openDirectories(
    directories.map((directory) => directory.again?.() ?? directory),
    patience,
  );
}
