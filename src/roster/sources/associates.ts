import { Readable } from 'node:stream';
import type { AssociatesConfig } from '../../config/roster/associates.ts';
import { createMeasure, type Measuring } from '../measure.ts';
import type { Patience } from '../patience.ts';
import { type Roster, rosterFromStream } from '../roster.ts';
import { namelessArchive, nobodyInArchive, noSuchType, silentOnLeavers } from './archive-errors.ts';
import { type AskForRows, allRows, type UserRow } from './archive-pages.ts';

/** SuperOffice as a source of the roster. */
export interface Archive {
  readonly settings: AssociatesConfig;
  /** What it is compared under with the next time. */
  readonly address: string;
  /**
   * Begins a reading of these columns.
   *
   * @returns what asks for a part of it (throws RosterError when that cannot be had, RosterInterrupted after the signal), and
   *   what ends the reading
   */
  read(columns: readonly string[], patience: Patience): { readonly ask: AskForRows; stop(): void };
}

/** So many types are named where none fits. */
const typesShown = 5;
const typeColumn = 'assocType';
const archiveName = 'SuperOffice';

/**
 * Fetches the users of SuperOffice, current and former, into a private file: a run reads its roster twice and has to see
 * the same one.
 *
 * @throws RosterError when they cannot be read whole: a roster without some of them would be a smaller one
 */
export async function openAssociates(archive: Archive, patience: Patience): Promise<Roster> {
  const measuring = createMeasure(`${archiveName} at ${archive.address}`);
  // Each page has a deadline of its own, which says more than that of whoever waits for the next part.
  const between = { ...patience, timeoutMs: patience.timeoutMs * 2 };
  const seen = { isPart: false };
  const input = Readable.from(readAll(archive, patience, measuring, seen));
  // How it is kept is nothing that anybody wrote.
  const { understand: _, ...roster } = await rosterFromStream(
    { name: archiveName, ending: '.ndjson' },
    input,
    between,
  );
  return { ...roster, ...(seen.isPart ? { isPart: true } : {}), sources: [measuring.measure()] };
}

/** The users as NDJSON, a page at a time. */
async function* readAll(
  archive: Archive,
  patience: Patience,
  measuring: Measuring,
  seen: { isPart: boolean },
): AsyncGenerator<string> {
  const { enoughMs = Number.POSITIVE_INFINITY } = patience;
  const begunMs = performance.now();
  const { usernameColumn, activeColumn, types, pageSize, join } = archive.settings;
  const wanted = types && new Set(types);
  const otherTypes = new Set<string>();
  let users = 0;
  let fitting = 0;
  let named = 0;
  let isActivityKnown = false;
  const { ask, stop } = archive.read(columnsOf(archive.settings), patience);
  try {
    for await (const { rows, hasMore } of allRows(ask, pageSize)) {
      users += rows.length;
      const some = rows.filter((row) => isWanted(row, wanted, otherTypes));
      fitting += some.length;
      const lines = some.map((row) => `${JSON.stringify(toRow(row, archive.settings))}\n`).join('');
      const withName = some.filter(({ values }) => isText(values[usernameColumn])).length;
      named += withName;
      isActivityKnown ||= some.some(({ values }) => String(values[activeColumn] ?? '').trim() !== '');
      measuring.add(lines, withName);
      if (lines !== '') yield lines;
      // A part without a name would look like an archive without one.
      seen.isPart = hasMore && named > 0 && performance.now() - begunMs >= enoughMs;
      if (seen.isPart) break;
    }
  } finally {
    stop();
  }
  if (users === 0) throw nobodyInArchive();
  if (fitting === 0) throw noSuchType(users, [...otherTypes]);
  if (named === 0) throw namelessArchive(fitting, usernameColumn);
  // In a join, the other source says who has left.
  if (!isActivityKnown && !join) throw silentOnLeavers(fitting, activeColumn);
}

function isWanted({ values }: UserRow, types: ReadonlySet<string> | undefined, others: Set<string>): boolean {
  const type = String(values[typeColumn] ?? '').trim();
  if (!types || types.has(type)) return true;
  if (others.size < typesShown) others.add(JSON.stringify(type.slice(0, 40)));
  return false;
}

/** A user who says nothing is still a row, to be counted and turned down: `entry` keeps it from being blank. */
function toRow({ associateId, values }: UserRow, settings: AssociatesConfig) {
  const { usernameColumn, mailColumn, activeColumn, storage, join } = settings;
  return {
    entry: true,
    username: values[usernameColumn],
    userStorageName: join ? undefined : storage,
    associateId,
    active: values[activeColumn],
    mail: join?.rule === 'mail' ? values[mailColumn] : undefined,
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function columnsOf({ usernameColumn, mailColumn, activeColumn, types, join }: AssociatesConfig): string[] {
  const columns = [usernameColumn, activeColumn];
  if (join?.rule === 'mail') columns.push(mailColumn);
  if (types) columns.push(typeColumn);
  return [...new Set(columns)];
}
