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
