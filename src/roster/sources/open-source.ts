import type { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { joinRosters } from '../joining/join.ts';
import type { Patience } from '../patience.ts';
import { openRoster, type Roster } from '../roster.ts';
import type { Archive } from './associates.ts';

/** What says where the users come from. */
export type SourceSettings = Pick<Config, 'directories' | 'download'> & {
  /** The path of a file, or `-`; of no account where there is something else. */
  readonly roster: string;
  /** SuperOffice, where its users are the roster or are joined with it, and the time, by which a file is whole. */
  readonly archive?: (Archive & { readonly now: DateTime }) | undefined;
};

/**
 * Opens the roster of the configuration. What comes over the network is fetched once, and kept in a private file; whatever
 * signs in there is what its file holds now.
 *
 * @throws RosterError when it cannot be read whole, RosterInterrupted after the signal
 */
export async function openSource(
  settings: SourceSettings,
  standardInput: Readable,
  patience: Patience,
): Promise<Roster> {
  const { archive } = settings;
  if (!archive) return openUsers(settings, standardInput, patience);
  const { openAssociates } = await import('./associates.ts');
  const { join } = archive.settings;
  if (!join) return openAssociates(archive, patience);
  const { enoughMs } = patience;
  const half = enoughMs === undefined ? patience : { ...patience, enoughMs: enoughMs / 2 };
  const users = await openUsers({ ...settings, roster: join.users }, standardInput, half);
  try {
    const associates = await openAssociates(archive, half);
    try {
      return await joinRosters({ users, associates }, join.rule, archive.now, patience);
    } finally {
      await associates.close();
    }
  } catch (error) {
    await users.close();
    throw error;
  }
}

async function openUsers(
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
