import type { Concern, Refusals } from './refusals.ts';

/** How it is seen whether a refusal concerns one user or everybody. */
export interface Comparison {
  readonly refusals: Refusals;
  /** Whether the batch is all there is of its run. */
  readonly isWholeRun: boolean;
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
      const { refusals, isWholeRun } = comparison;
      const concern = refusals.judge({ operation, user: userOf(index), isLate, isWholeRun });
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
