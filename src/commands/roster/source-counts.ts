import type { Roster, RosterRow } from '../../roster/roster.ts';

/** What the rows of one source are. */
export interface SourceCounts {
  readonly name: string;
  rows: number;
  users: number;
  rejected: number;
  duplicates: number;
  lookAlikes: number;
  departed: number;
  withGroups: number;
}

/** Counts the rows of a roster, source by source. */
export interface SourceCounting {
  take(row: RosterRow): void;
  /** Empty where nobody can say which row is of which source. */
  counts(): readonly SourceCounts[];
}

/** The sources follow each other in the roster, where each says how many rows are its own, and they are not joined. */
export function countSources({ sources = [], join }: Pick<Roster, 'sources' | 'join'>): SourceCounting {
  const all = sources.map(({ name }) => emptyCounts(name));
  const ends: number[] = [];
  for (const { rows = Number.NaN } of sources) ends.push((ends.at(-1) ?? 0) + rows);
  let current = 0;
  let isTold = join === undefined && ends.every((end) => !Number.isNaN(end));
  return {
    take(row) {
      while (current < ends.length && row.line > (ends[current] ?? 0)) current += 1;
      const counts = all[current];
      if (counts) addTo(counts, row);
      else isTold = false;
    },
    counts: () => (isTold ? all : []),
  };
}

function emptyCounts(name: string): SourceCounts {
  return {
    name,
    rows: 0,
    users: 0,
    rejected: 0,
    duplicates: 0,
    lookAlikes: 0,
    departed: 0,
    withGroups: 0,
  };
}

function addTo(counts: SourceCounts, row: RosterRow): void {
  counts.rows += 1;
  if ('rejected' in row) {
    counts.rejected += 1;
    if (row.isDuplicate) counts.duplicates += 1;
    return;
  }
  counts.users += 1;
  if (row.looksLike !== undefined) counts.lookAlikes += 1;
  if (row.user.active === false) counts.departed += 1;
  if (row.user.groups !== undefined) counts.withGroups += 1;
}
