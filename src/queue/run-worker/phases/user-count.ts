import { toIso } from '../../../domain/moment.ts';
import type { JoinCounts } from '../../../roster/joining/counts.ts';
import type { SourceMeasure } from '../../../roster/measure.ts';
import { emptyTally, type Failure } from '../../../runs/tally.ts';

/** What was counted while users were read. */
export interface UserCount {
  rows: number;
  rejected: number;
  selected: number;
  /** Changes with any user and with their order. */
  fingerprint: string;
  readonly rejections: Failure[];
  /** What each source of the roster gave; undefined where it is a file, or was not read. */
  sources?: readonly SourceMeasure[];
  /** What came of joining its sources; undefined where there is nothing to join. */
  join?: JoinCounts;
  /** When the file of the roster was written, in milliseconds since 1970. */
  writtenAtMs?: number;
  /** Groups that the policy names and no user of the roster has; left out where there are none, or not all were read. */
  missingGroups?: readonly string[];
}

/** A count of nothing yet. */
export function newUserCount(): UserCount {
  return { rows: 0, rejected: 0, selected: 0, fingerprint: '', rejections: emptyTally().failures };
}

/** What was counted, as the state keeps it. */
export function counts({
  rows,
  rejected,
  selected,
  rejections,
  sources,
  join,
  writtenAtMs,
  missingGroups,
}: UserCount) {
  const writtenAt = writtenAtMs === undefined ? undefined : toIso(writtenAtMs);
  return {
    roster: { rows, rejected },
    selected,
    rejections,
    ...(sources === undefined ? {} : { sources }),
    ...(join === undefined ? {} : { join }),
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(missingGroups === undefined ? {} : { missingGroups }),
  };
}
