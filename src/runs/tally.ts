/** Something that could not be done, for people. */
export interface Failure {
  readonly user: string;
  readonly subject?: string;
  readonly reason: string;
}

/** How many failures a report shows; all of them are logged. */
const failuresShown = 20;

/** The numbers of a run or of a part of it. They can be added, and they add up. */
export interface Tally {
  /** `notAsked`: nothing can be due for them yet, as an earlier run saw. */
  readonly users: { inspected: number; failed: number; notReached: number; notAsked: number };
  readonly actions: { planned: number; applied: number; skipped: number; failed: number; notReached: number };
  /** Users of whom a part could not be read; they are inspected all the same. */
  unreadable: number;
  /** Users with at least one action. */
  touched: number;
  /** Actions on devices whose users the vendor has warned already. */
  late: number;
  /** Writes that were tried again though an earlier try may have gone through. */
  repeated: number;
  /** How often batches were begun. */
  attempts: number;
  /** Requests sent to the job's vendor. */
  requests: number;
  readonly kept: Record<string, number>;
  readonly findings: Record<string, number>;
  readonly failures: Failure[];
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return {
    users: { inspected: 0, failed: 0, notReached: 0, notAsked: 0 },
    actions: { planned: 0, applied: 0, skipped: 0, failed: 0, notReached: 0 },
    unreadable: 0,
    touched: 0,
    late: 0,
    repeated: 0,
    attempts: 0,
    requests: 0,
    kept: {},
    findings: {},
    failures: [],
  };
}

/** The numbers as they are now, whatever is added to the original later. */
export function copyTally(tally: Tally): Tally {
  const { users, actions, kept, findings, failures } = tally;
  return {
    ...tally,
    users: { ...users },
    actions: { ...actions },
    kept: { ...kept },
    findings: { ...findings },
    failures: [...failures],
  };
}

/** Adds the numbers of one tally to another. */
export function addTally(sum: Tally, part: Tally): void {
  for (const key of ['inspected', 'failed', 'notReached', 'notAsked'] as const) {
    sum.users[key] += part.users[key];
  }
  for (const key of ['planned', 'applied', 'skipped', 'failed', 'notReached'] as const) {
    sum.actions[key] += part.actions[key];
  }
  sum.unreadable += part.unreadable;
  sum.touched += part.touched;
  sum.late += part.late;
  sum.repeated += part.repeated;
  sum.attempts += part.attempts;
  sum.requests += part.requests;
  addCounts(sum.kept, part.kept);
  addCounts(sum.findings, part.findings);
  for (const failure of part.failures) addFailure(sum, failure);
}

/** Adds counts by name. */
export function addCounts(sum: Record<string, number>, part: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(part)) sum[name] = (sum[name] ?? 0) + count;
}

/** Remembers a failure, as long as there is room. */
export function addFailure({ failures }: Pick<Tally, 'failures'>, failure: Failure): void {
  if (failures.length < failuresShown) failures.push(failure);
}
