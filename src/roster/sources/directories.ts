import { Readable } from 'node:stream';
import type { DirectoryConfig } from '../../config/roster/directories.ts';
import { createMeasure, type Measuring } from '../measure.ts';
import type { Patience } from '../patience.ts';
import { type Roster, rosterFromStream } from '../roster.ts';
import { readPeople } from './people.ts';
import { openSession } from './session.ts';

/**
 * Fetches the users of all directories, one after the other, into a private file: a run reads its roster twice and has to
 * see the same one.
 *
 * @throws RosterError when one of them cannot be read whole: a roster without its people would be a smaller one
 */
export async function openDirectories(
  directories: readonly DirectoryConfig[],
  patience: Patience,
): Promise<Roster> {
  const name = directories.map(nameOf).join(' ');
  const measured = directories.map((directory) => ({
    directory,
    measuring: createMeasure(sourceOf(directory)),
    isPart: false,
  }));
  // Each step has a deadline of its own, which says more than that of whoever waits for the next part.
  const between = { ...patience, timeoutMs: patience.timeoutMs * 2 };
  const input = Readable.from(readAll(measured, patience));
  const roster = await rosterFromStream({ name, ending: '.ndjson' }, input, between);
  const isPart = measured.some(({ isPart }) => isPart);
  return {
    ...roster,
    ...(isPart ? { isPart } : {}),
    sources: measured.map(({ measuring }) => measuring.measure()),
  };
}

interface Measured {
  readonly directory: DirectoryConfig;
  readonly measuring: Measuring;
  /** Whether there is more of it than was wanted. */
  isPart: boolean;
}

/** The people of the directories as NDJSON, a page at a time. */
async function* readAll(directories: readonly Measured[], patience: Patience): AsyncGenerator<string> {
  const enoughMs = (patience.enoughMs ?? Number.POSITIVE_INFINITY) / directories.length;
  for (const measured of directories) {
    const { directory, measuring } = measured;
    const session = await openSession(nameOf(directory), directory, patience);
    const begunMs = performance.now();
    try {
      for await (const { lines, users, rows } of readPeople(session, directory)) {
        measuring.add(lines, users, rows);
        yield lines;
        measured.isPart = rows === directory.pageSize && performance.now() - begunMs >= enoughMs;
        if (measured.isPart) break;
      }
    } finally {
      session.close();
    }
  }
}

/** What messages call it: its address, and where it is searched. */
function nameOf({ url, base }: DirectoryConfig): string {
  return `${url.protocol}//${url.host}/${base}`;
}

/** What it is compared under with the next time: one base may be searched by two filters. */
function sourceOf(directory: DirectoryConfig): string {
  return `${nameOf(directory)} ${directory.filter}`;
}
