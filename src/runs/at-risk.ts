/** How fast actions are expected to be applied. */
export interface Pace {
  /** When the first action is applied, epoch milliseconds. */
  readonly startMs: number;
  readonly actionsPerSecond: number;
}

/**
 * How many actions will be reached only after their deadline. Those whose deadline has passed already are late, not at risk.
 *
 * @param deadlines epoch milliseconds, the soonest first: the order in which the actions are applied
 */
export function countAtRisk(deadlines: ArrayLike<number>, { startMs, actionsPerSecond }: Pace): number {
  const msPerAction = 1000 / actionsPerSecond;
  let atRisk = 0;
  for (let index = 0; index < deadlines.length; index += 1) {
    const deadline = deadlines[index] ?? 0;
    if (deadline > startMs && startMs + (index + 1) * msPerAction > deadline) atRisk += 1;
  }
  return atRisk;
}

/** The deadlines of a plan, which may have millions: 8 bytes each, beside the heap. */
export interface Deadlines {
  add(deadlineMs: number): void;
  soonestFirst(): ArrayLike<number>;
}

/** Begins to gather the deadlines of a plan. */
export function createDeadlines(): Deadlines {
  let all = new Float64Array(1024);
  let count = 0;
  return {
    add(deadlineMs) {
      if (count === all.length) {
        const larger = new Float64Array(all.length * 2);
        larger.set(all);
        all = larger;
      }
      all[count] = deadlineMs;
      count += 1;
    },
    soonestFirst: () => all.subarray(0, count).sort(),
  };
}
