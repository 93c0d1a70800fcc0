import { RosterChanged } from '../roster/errors.ts';

/*
 * Users are written of only if they were counted, whoever reads the roster for that, and whatever stands in its place
 * by then. While they are counted, their fingerprint so far is noted every some thousand users. Whoever reads them again
 * passes on nobody before his fingerprint is the same at the next of these marks.
 */

/** About so many users are held back until they are known. A million users have a hundred marks then. */
const usersPerMark = 10_000;
const markLength = 16;

/** A count of users, as it goes on. */
interface Count {
  readonly selected: number;
  /** Changes with any user and with their order. */
  readonly fingerprint: string;
}

/** What a run keeps of its count. */
interface Counted {
  readonly batchSize: number;
  readonly selected: number;
  readonly fingerprint?: string;
  readonly marks?: readonly string[];
}

/** Notes the marks while users are counted, a batch at a time. */
export function createMarks(batchSize: number): {
  readonly marks: readonly string[];
  note(count: Pick<Count, 'fingerprint'>): void;
} {
  const marks: string[] = [];
  let batches = 0;
  return {
    marks,
    note({ fingerprint }) {
      batches += 1;
      if (batches % batchesPerMark(batchSize) === 0) marks.push(fingerprint.slice(0, markLength));
    },
  };
}

/**
 * The users that were counted, and nobody else. The marks of runs that an older version counted are missing: such users are
 * to be compared as a whole before.
 *
 * @param count of the users that come, as it goes on
 * @throws RosterChanged as soon as others come
 */
export async function* onlyCounted<Batch>(
  batches: AsyncIterable<Batch>,
  count: Count,
  { batchSize, fingerprint, marks, selected }: Counted,
): AsyncGenerator<Batch> {
  let unknown: Batch[] = [];
  let mark = 0;
  for await (const batch of batches) {
    unknown.push(batch);
    if (count.selected > selected) throw changed();
    if (unknown.length < batchesPerMark(batchSize)) continue;
    if (marks && count.fingerprint.slice(0, markLength) !== marks[mark]) throw changed();
    mark += 1;
    yield* unknown;
    unknown = [];
  }
  if (count.fingerprint !== fingerprint) throw changed();
  yield* unknown;
}

function changed(): RosterChanged {
  return new RosterChanged('after the run counted its users');
}

function batchesPerMark(batchSize: number): number {
  return Math.max(1, Math.floor(usersPerMark / batchSize));
}
