import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import type { DateTime } from 'luxon';
import { RosterError, RosterInterrupted, unreadable } from './errors.ts';
import { closeDescriptor, openPath, type RosterFile, rosterFile, streamOf } from './file.ts';
import { type Understood, understand } from './formats/understood.ts';
import type { JoinCounts } from './joining/counts.ts';
import type { SourceMeasure } from './measure.ts';
import type { Patience } from './patience.ts';
import { type PatientFile, type RosterRow, readRows, type Source } from './rows.ts';
import { createSightings } from './seen.ts';
import { spool } from './spool.ts';

export type { RosterRow } from './rows.ts';

/**
 * A roster that can be read as often as wanted. It stays what it was when it was opened, whatever takes its place: what
 * comes from elsewhere (standard input, a pipe) is fetched once, at the opening, and kept in a private file.
 */
export interface Roster {
  /** What messages call it. */
  readonly name: string;
  /**
   * All rows from the beginning, some hundreds at a time: one by one, the waiting would cost more than the reading.
   *
   * @param now when it is read; readings that are compared are all given the time of the first, so that they take the same
   *   last row for whole
   * @param duplicates `reject`: a user who comes again is rejected. `keep`: nobody looks for duplicates, because an earlier
   *   reading found none and the caller checks that this one is the same.
   * @param signal ends the reading
   * @throws RosterError when it cannot be read at all, or gives nothing for too long; RosterInterrupted after the signal
   */
  read(
    now: DateTime,
    duplicates?: 'reject' | 'keep',
    signal?: AbortSignal,
  ): AsyncGenerator<readonly RosterRow[]>;
  /**
   * How it is read: encoding, delimiter, columns. Left out where it is no file.
   *
   * @throws as `read`
   */
  understand?(signal?: AbortSignal): Promise<Understood>;
  /** When it was last written, in milliseconds since 1970; left out where nobody knows. @throws as `read` */
  writtenAtMs?(): Promise<number>;
  /** What each of its sources gave, where it is fetched from several or from elsewhere. */
  readonly sources?: readonly SourceMeasure[];
  /** What came of joining them, where one says who the users are and another one which associates. */
  readonly join?: JoinCounts;
  /** Frees what was kept of it; nothing can be read afterwards. */
  close(): Promise<void>;
}

/** For those who set nothing else. */
const defaultPatience: Patience = { timeoutMs: 60_000 };

/**
 * Opens the users' file: CSV (`.csv`) or NDJSON (`.ndjson`, `.jsonl`); for other endings and standard input the first
 * character tells. Standard input and pipes are kept in a private file, because a run reads its roster twice.
 *
 * @param path The path of a file, or `-` for standard input.
 * @param patience how long to wait for the opening, and later each time for more; its signal ends the opening only
 * @throws RosterError when there is no such file, it may not be read, or gives nothing for too long; RosterInterrupted
 *   after the signal
 */
export async function openRoster(
  path: string,
  standardInput: Readable,
  patience: Patience = defaultPatience,
): Promise<Roster> {
  const name = path === '-' ? 'on standard input' : path;
  try {
    if (path === '-') return await fromStream(name, standardInput, patience);
    const opened = await openPath(name, path, patience);
    const { descriptor, stats } = opened;
    if (stats.isFile()) {
      const source = { name, ending: extname(path).toLowerCase(), isStream: false };
      return fromFile(source, rosterFile(name, descriptor), patience);
    }
    if (!stats.isDirectory()) return await fromStream(name, streamOf(opened), patience);
    await closeDescriptor(name, descriptor, patience);
    throw Object.assign(new Error(), { code: 'EISDIR' });
  } catch (error) {
    throw toRosterError(name, error);
  }
}

function fromStream(name: string, stream: Readable, patience: Patience): Promise<Roster> {
  return rosterFromStream({ name, ending: '' }, stream, patience);
}

/**
 * A roster out of what can be read only once, which is fetched whole before anybody reads it.
 *
 * @throws RosterError when it cannot be fetched, or gives nothing for too long; RosterInterrupted after the signal
 */
export async function rosterFromStream(
  source: Pick<Source, 'name' | 'ending'>,
  stream: Readable,
  patience: Patience,
): Promise<Roster> {
  try {
    const file = await spool(source.name, stream, patience);
    return fromFile({ ...source, isStream: true }, file, patience);
  } catch (error) {
    throw toRosterError(source.name, error);
  }
}

function toRosterError(name: string, error: unknown): unknown {
  return error instanceof RosterError || error instanceof RosterInterrupted ? error : unreadable(name, error);
}

function fromFile(source: Source, file: RosterFile, { timeoutMs }: Patience): Roster {
  const patient = (signal?: AbortSignal): PatientFile => ({
    read: (part, position) => file.read(part, position, { timeoutMs, signal }),
    writtenAtMs: () => file.writtenAtMs({ timeoutMs, signal }),
  });
  return {
    name: source.name,
    async *read(now, duplicates = 'reject', signal) {
      const sight = duplicates === 'keep' ? () => undefined : createSightings();
      try {
        yield* readRows(source, patient(signal), now, sight);
      } catch (error) {
        throw toRosterError(source.name, error);
      }
    },
    async understand(signal) {
      try {
        return await understand(source, patient(signal).read);
      } catch (error) {
        throw toRosterError(source.name, error);
      }
    },
    ...(source.isStream ? {} : { writtenAtMs: () => patient().writtenAtMs() }),
    close: () => file.close({ timeoutMs }),
  };
}
