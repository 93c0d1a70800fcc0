import type { DateTime } from 'luxon';
import { oddityOf } from '../../roster/oddities.ts';
import type { Roster, RosterRow } from '../../roster/roster.ts';
import { countSources, type SourceCounts } from './source-counts.ts';

/** How many of the first users are shown. */
const usersShown = 5;
/** How many lines of a kind are kept, so that a bad file of a million rows takes no memory. */
const linesKept = 20;

/** Lines of one kind: how many there are, and the first of them. */
export interface Found<Line> {
  count: number;
  readonly lines: Line[];
}

/** A line, and what is the matter with it. */
interface Remark {
  readonly line: number;
  readonly reason: string;
}

/** So many groups are counted by name; a column that is no group may have another value in each row. */
const groupsCounted = 1000;

/** What is in a roster. */
export interface Review {
  rows: number;
  users: number;
  withStorage: number;
  withAssociate: number;
  /** Users who have left. */
  departed: number;
  withGroups: number;
  /** How many users each group has, up to a thousand groups. */
  readonly groups: Map<string, number>;
  /** The same source by source; empty where that cannot be told, or there is one. */
  sources: readonly SourceCounts[];
  /** The first users as they were understood. */
  readonly first: { readonly line: number; readonly [field: string]: unknown }[];
  /** Rows that name nobody, duplicates among them. */
  readonly rejected: Found<Remark>;
  /** Rows that name the same user as an earlier one. */
  duplicates: number;
  /** Users whose names differ from those of an earlier line only in case and in what nobody sees. */
  readonly lookAlikes: Found<{ readonly line: number; readonly looksLike: number }>;
  /** Names with which something may be wrong, mostly something that nobody sees. */
  readonly oddNames: Found<Remark>;
  /** Users whose associate cannot be used. */
  readonly badAssociates: Found<Remark>;
}

/** Reads a roster to its end. @throws RosterError when it cannot be read */
export async function reviewRoster(roster: Roster, now: DateTime): Promise<Review> {
  const review: Review = {
    rows: 0,
    users: 0,
    withStorage: 0,
    withAssociate: 0,
    departed: 0,
    withGroups: 0,
    groups: new Map(),
    sources: [],
    first: [],
    rejected: { count: 0, lines: [] },
    duplicates: 0,
    lookAlikes: { count: 0, lines: [] },
    oddNames: { count: 0, lines: [] },
    badAssociates: { count: 0, lines: [] },
  };
  const bySource = countSources(roster);
  for await (const rows of roster.read(now)) {
    for (const row of rows) {
      take(review, row);
      bySource.take(row);
    }
  }
  review.sources = bySource.counts();
  return review;
}

function take(review: Review, row: RosterRow): void {
  const { line } = row;
  review.rows += 1;
  if ('rejected' in row) {
    if (row.isDuplicate) review.duplicates += 1;
    add(review.rejected, { line, reason: row.rejected });
    return;
  }
  const { user, looksLike, associateProblem } = row;
  review.users += 1;
  if (user.userStorageName !== undefined) review.withStorage += 1;
  if (user.associateId !== undefined) review.withAssociate += 1;
  if (user.active === false) review.departed += 1;
  if (user.groups !== undefined) countGroups(review, user.groups);
  if (review.first.length < usersShown) review.first.push({ line, ...user });
  if (looksLike !== undefined) add(review.lookAlikes, { line, looksLike });
  if (associateProblem !== undefined) add(review.badAssociates, { line, reason: associateProblem });
  const oddity = oddityOf(user.username);
  if (oddity !== undefined) add(review.oddNames, { line, reason: `username has ${oddity}` });
}

function countGroups(review: Review, names: readonly string[]): void {
  const { groups } = review;
  review.withGroups += 1;
  for (const name of new Set(names)) {
    const count = groups.get(name);
    if (count !== undefined || groups.size < groupsCounted) groups.set(name, (count ?? 0) + 1);
  }
}

function add<Line>(found: Found<Line>, line: Line): void {
  found.count += 1;
  if (found.lines.length < linesKept) found.lines.push(line);
}
