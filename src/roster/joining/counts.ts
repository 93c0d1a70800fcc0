import type { JoinRule } from '../../config/settings/associates.ts';

/** So many users of a kind are named; the others are counted. */
const mostNamed = 20;

/** How many there are, and the first of them as people know them. */
export interface Named {
  readonly count: number;
  readonly names: readonly string[];
}

/** What came of a join. */
export interface JoinCounts {
  readonly rule: JoinRule;
  /** Users of whom the associate is known. */
  readonly matched: number;
  /** Users whom no associate matches. */
  readonly onlyUsers: Named;
  /** Associates whom no user matches: they are no users of the roster. */
  readonly onlyAssociates: Named;
  /** Users of whom nobody can say which associate they are, because several share one name. */
  readonly ambiguousUsers: Named;
  /** Associates of whom nobody can say which user they are. */
  readonly ambiguousAssociates: Named;
}

/** Counts one kind. */
export interface Naming {
  add(name: string): void;
  named(): Named;
}

export function createNaming(): Naming {
  const names: string[] = [];
  let count = 0;
  return {
    add(name) {
      count += 1;
      if (names.length < mostNamed) names.push(name);
    },
    named: () => ({ count, names }),
  };
}
