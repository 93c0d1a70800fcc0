/*
 * Some answers do not say whether they concern one user or everybody: a page of a firewall, 403, 404, 409, 422. The
 * others show it, those of the same operation in the same run. It is counted over all batches of a run in this process.
 */

/**
 * So many users are refused before anybody went through: then nobody gets through. More than there are batches at once,
 * whose first users may all be of the refused ones; with eight requests in flight it takes fewer than 20 requests.
 */
export const firstUsers = 12;
/** So many in a row are refused after others went through: then nobody gets through any more. */
export const usersInARow = 100;

/** Whom a refusal concerns; `unknown`: not seen yet, to be asked again late in the batch. */
export type Concern = 'unknown' | 'user' | 'everybody';

/** An answer that refused a user. */
export interface Refusal {
  /** Method and path as the vendor documents them: `GET Device`. */
  readonly operation: string;
  /** The same text for the same user, another for every other. */
  readonly user: string;
  /** Whether all others of the batch were asked before. */
  readonly isLate: boolean;
  /** Whether the batch is all there is of its run: then nobody else will show anything. */
  readonly isWholeRun: boolean;
  /** Whether users are inspected: only for that those speak who need not be asked. */
  readonly isInspection?: boolean | undefined;
}

/** What the answers of one run show. */
export interface Refusals {
  /** How often each operation was answered with success; the clients count it. */
  readonly successes: Map<string, number>;
  /** Takes note of users who need not be asked: each went through not long ago, and excuses the others as a success does. */
  leftUnasked(users: number): void;
  /** Takes note of a refusal, and says whom it concerns. */
  judge(refusal: Refusal): Concern;
  /**
   * Takes note of a user for whom the vendor is too busy. Whether others went through since that was so for the first time:
   * between the pauses that it asks for, it has time for them.
   */
  isThrottledAlone(operation: string, user: string): boolean;
}

/** Begins to look at the answers of one run. */
export function createRefusals(): Refusals {
  const successes = new Map<string, number>();
  /** By operation, whom it refused since it last went through. */
  const rows = new Map<string, { readonly successes: number; readonly users: Set<string> }>();

  /** Whom any operation refused before any went through. */
  const first = new Set<string>();
  /** By operation and user, how often the operation had gone through when the vendor was first too busy for the user. */
  const throttled = new Map<string, number>();
  let unasked = 0;

  function rowOf(operation: string, count: number): Set<string> {
    const row = rows.get(operation);
    if (row?.successes === count) return row.users;
    const users = new Set<string>();
    rows.set(operation, { successes: count, users });
    return users;
  }

  return {
    successes,
    leftUnasked(users) {
      unasked += users;
    },
    judge({ operation, user, isLate, isWholeRun, isInspection = false }) {
      const excusing = isInspection ? unasked : 0;
      const count = (successes.get(operation) ?? 0) + excusing;
      const row = rowOf(operation, count);
      // Those who are asked late were refused before, and stand together: that they follow each other shows nothing.
      if (!isLate) row.add(user);
      const isFirst = successes.size === 0 && excusing === 0;
      if (!isLate && isFirst) first.add(user);
      if (isFirst && first.size >= firstUsers) return 'everybody';
      if (row.size >= (count === 0 ? firstUsers : usersInARow)) return 'everybody';
      if (!isLate) return 'unknown';
      return count === 0 && isWholeRun ? 'everybody' : 'user';
    },
    isThrottledAlone(operation, user) {
      const key = `${operation}\n${user}`;
      const count = successes.get(operation) ?? 0;
      const before = throttled.get(key) ?? count;
      throttled.set(key, before);
      return count > before;
    },
  };
}

/** Of so many runs at once the answers are remembered; there is one run of each job at a time. */
const runsRemembered = 16;

/** Remembers what the answers of the last runs show. */
export function createRunRefusals(): (runId: string) => Refusals {
  const runs = new Map<string, Refusals>();
  return (runId) => {
    const known = runs.get(runId) ?? createRefusals();
    runs.delete(runId);
    runs.set(runId, known);
    const [oldest] = runs.keys();
    if (runs.size > runsRemembered && oldest !== undefined) runs.delete(oldest);
    return known;
  };
}

/** How it is seen whether a refusal concerns one user or everybody. */
export interface Comparison {
  readonly refusals: Refusals;
  /** Whether the batch is all there is of its run. */
  readonly isWholeRun: boolean;
  /** Whether users are inspected, and nothing is written. */
  readonly isInspection?: boolean | undefined;
}

/** Whom a batch asks again when all others were asked: users who were refused, with all that there is to do for them. */
export interface LateUsers {
  /** Whom a refusal concerns. Where that is not known yet, its user is asked again late. */
  judge(index: number, operation: string): Concern;
  /** Whether it is known that an item is left for late; takes note of it. */
  putsOff(index: number): boolean;
  has(index: number): boolean;
  /** All others were asked. Returns the items that are left. */
  begin(): readonly number[];
}

/**
 * @param comparison left out, what may concern everybody is taken to do so
 * @param userOf tells users apart, by the indexes of their items
 */
export function createLateUsers(
  comparison: Comparison | undefined,
  userOf: (index: number) => string,
): LateUsers {
  const items = new Set<number>();
  const users = new Set<string>();
  let isLate = false;
  return {
    judge(index, operation) {
      if (!comparison) return 'everybody';
      const { refusals, ...rest } = comparison;
      const concern = refusals.judge({ ...rest, operation, user: userOf(index), isLate });
      if (concern === 'unknown') {
        items.add(index);
        users.add(userOf(index));
      }
      return concern;
    },
    putsOff(index) {
      if (users.size === 0 || isLate || !users.has(userOf(index))) return false;
      items.add(index);
      return true;
    },
    has: (index) => items.has(index),
    begin() {
      isLate = true;
      return [...items];
    },
  };
}
