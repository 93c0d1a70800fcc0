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
export function countAtRisk(deadlines: readonly number[], { startMs, actionsPerSecond }: Pace): number {
  const msPerAction = 1000 / actionsPerSecond;
  return deadlines.filter(
    (deadline, index) => deadline > startMs && startMs + (index + 1) * msPerAction > deadline,
  ).length;
}
