import type { Duration } from 'luxon';

/** A source of the roster, with what it gave last time. */
export interface SourceFacts {
  /** What messages call it. */
  readonly name: string;
  readonly users: number;
  /** Undefined the first time. */
  readonly before: number | undefined;
}

/** What the gate looks at of the roster itself. */
export interface RosterFacts {
  readonly sources?: readonly SourceFacts[];
  /** How old its file is, where somebody knows and has set how old it may be. */
  readonly age?: { readonly ageMs: number; readonly limit: Duration };
  /** Groups that the policy names and no user of the roster has. */
  readonly missingGroups?: readonly string[];
}

/** Whether a source has lost more users than it may. */
export function isShrunk({ users, before }: Pick<SourceFacts, 'users' | 'before'>, factor: number): boolean {
  return before !== undefined && users < before * factor;
}

/** Why a person is asked about the age of a roster; undefined where it is young enough. */
export function staleReason({ age }: RosterFacts): string | undefined {
  if (!age || age.ageMs <= age.limit.toMillis()) return undefined;
  const hours = Math.floor(age.ageMs / 3_600_000);
  return `the roster was written ${hours} hours ago, longer than CARETAKER_ROSTER_MAX_AGE=${age.limit.toISO()} allows (check what writes it)`;
}

/**
 * Why a person is asked about groups that the policy names: a name that is misspelled, or groups that the source hides,
 * would leave nobody alone. Undefined where each of them has somebody.
 *
 * @param prefix that of the variables of the job
 */
export function missingGroupsReason({ missingGroups = [] }: RosterFacts, prefix: string): string | undefined {
  if (missingGroups.length === 0) return undefined;
  return `no user of the roster is in ${missingGroups.join(', ')}, which ${prefix}EXCLUDE_GROUPS or ${prefix}ONLY_GROUPS names (correct the name, or remove it if nobody is in it any more)`;
}
