/*
 * Writes down which items of a batch are begun, so that whoever takes over from a process that died knows of which
 * items nobody can tell how they ended. The next items are written down while the last ones are still worked on: to
 * wait for that each time would cost a third of the throughput.
 */

/** Writes down what is done, and the items that are under way or begin before the next record. */
export type WriteRecord = (begun: readonly number[]) => Promise<void>;

/** So many items begin between two records, for each that is worked on at once: what a dead process leaves in doubt. */
export const recordedAtOnce = 32;
/** The next record is begun when only so many items of the last one have not begun, for each that is worked on at once. */
const recordedAhead = 4;

/** The items of a batch that are begun, as they are written down. */
export interface Checkpoint {
  areWaiting(): boolean;
  /** The next item that is waiting; undefined after the last. It may begin once `written` says so. */
  next(): number | undefined;
  /** Resolves once it is written down that the last item handed out begins; undefined if it is already. */
  written(): Promise<void> | undefined;
  /** This item is not under way any more. */
  ended(index: number): void;
  /** Waits for the record that is being written, so that it does not come after a later one. */
  settled(): Promise<void>;
}

/**
 * Hands out the waiting items in their order. `waiting` may grow at its end.
 *
 * @param width how many items are worked on at once
 * @param kind whether the items write; nobody has to know which reads were begun, so there is no record before the first
 * @param onFailure hears of a record that failed while nobody waited for it
 */
export function createCheckpoint(
  waiting: readonly number[],
  width: number,
  kind: 'writes' | 'reads',
  record: WriteRecord | undefined,
  onFailure: (error: unknown) => void,
): Checkpoint {
  const isUnderWay: boolean[] = [];
  let position = 0;
  const atOnce = recordedAtOnce * width;
  let writtenTo = record ? (kind === 'reads' ? atOnce : 0) : Number.POSITIVE_INFINITY;
  let writing: Promise<void> | undefined;

  function write(): Promise<void> {
    writing ??= writeDown().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeDown(): Promise<void> {
    // No further than there are items: what joins the end of the line later is written down when its turn comes.
    const to = Math.min(Math.max(position, writtenTo) + atOnce, waiting.length);
    const underWay = isUnderWay.flatMap((is, index) => (is ? [index] : []));
    await record?.([...underWay, ...waiting.slice(position, to)]);
    writtenTo = to;
  }

  async function writtenUpTo(needed: number): Promise<void> {
    while (needed > writtenTo) await write();
  }

  return {
    areWaiting: () => position < waiting.length,
    next() {
      const index = waiting[position];
      if (index === undefined) return undefined;
      position += 1;
      isUnderWay[index] = true;
      return index;
    },
    written() {
      const needed = position;
      if (needed > writtenTo) return writtenUpTo(needed);
      if (needed > writtenTo - recordedAhead * width && writtenTo < waiting.length) write().catch(onFailure);
      return undefined;
    },
    ended(index) {
      isUnderWay[index] = false;
    },
    async settled() {
      await writing?.catch(onFailure);
    },
  };
}
