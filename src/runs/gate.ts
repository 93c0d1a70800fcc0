import { jobPrefix } from '../config/settings/job.ts';
import { isShrunk, type RosterFacts, staleReason } from './roster-facts.ts';

/** What the gate looks at, once everything is planned and before anything is written. */
export interface GateFacts extends RosterFacts {
  readonly selected: number;
  /** Users that could not be read, or not wholly. */
  readonly failed: number;
  /** Users with at least one action. */
  readonly touched: number;
  readonly planned: number;
  /** Whether the users were named by hand. Of so few, a share says nothing: whoever pilots a job names those it is due for. */
  readonly named: boolean;
  /** Medians of the last runs over the whole roster in the same mode; none before the first of them. */
  readonly baseline?: { readonly selected: number; readonly planned: number };
}

/** What can be too much. An empty selection is no limit: it always stops. */
export const limitNames = ['max-actions', 'max-share', 'growth', 'shrink', 'unreadable'] as const;
export type LimitName = (typeof limitNames)[number];

export interface GateLimits {
  readonly maxActions: number;
  readonly maxShare: number;
  /** How many times the usual number of actions is too much. */
  readonly growthFactor: number;
  /** What part of the usual number of users is too few. */
  readonly shrinkFactor: number;
  /** Which share of unreadable users is too much. */
  readonly maxUnreadable: number;
  /** Limits at which a person is asked; at any other the run stops. */
  readonly holdOn: readonly LimitName[];
}

/** Lets a run go on, or says why not; every limit that is passed is named. */
export type Verdict =
  | { readonly decision: 'pass' }
  | { readonly decision: 'hold' | 'stop'; readonly reason: string };

/** So few actions are never a growth: the usual number of a small roster is no measure. */
const smallPlan = 10;

/**
 * Counts what is planned against the limits of the job. A run stops if any limit says so, and is held otherwise. A roster
 * that is too old never stops a run by itself: only a person knows whether it is still right.
 *
 * @param job whose limits they are: the reason names the variable that sets each of them
 */
export function gate(facts: GateFacts, limits: GateLimits, job: string): Verdict {
  if (facts.selected === 0) return { decision: 'stop', reason: emptyRoster };
  const passed = limitNames.flatMap((limit) => {
    const reason = checks[limit](facts, limits, jobPrefix(job));
    return reason === undefined ? [] : [{ limit, reason }];
  });
  const stale = staleReason(facts);
  const reasons = [...passed.map(({ reason }) => reason), ...(stale === undefined ? [] : [stale])];
  if (reasons.length === 0) return { decision: 'pass' };
  const stops = passed.some(({ limit }) => !limits.holdOn.includes(limit));
  return { decision: stops ? 'stop' : 'hold', reason: reasons.join('; ') };
}

const emptyRoster = 'the roster has no users, which counts as a fault of its source; check CARETAKER_ROSTER';

/** What is passed and what to do about it; `prefix` is that of the variables of the job. */
type Check = (facts: GateFacts, limits: GateLimits, prefix: string) => string | undefined;

const checks: Readonly<Record<LimitName, Check>> = {
  'max-actions': ({ planned }, { maxActions }, prefix) =>
    planned > maxActions
      ? `${planned} actions are planned, more than ${prefix}MAX_ACTIONS=${maxActions} allows (raise it if all of them are wanted)`
      : undefined,
  'max-share': ({ touched, selected, named }, { maxShare }, prefix) =>
    !named && touched / selected > maxShare
      ? `${touched} of ${selected} users have planned actions, more than the share that ${prefix}MAX_SHARE=${maxShare} allows (raise it if all of them are wanted, or name a few users with --user)`
      : undefined,
  growth: ({ planned, baseline }, { growthFactor }, prefix) =>
    baseline && planned > smallPlan && planned > baseline.planned * growthFactor
      ? `${planned} actions are planned, more than ${prefix}GROWTH_FACTOR=${growthFactor} times the usual ${baseline.planned} (find out what changed: the policy, the roster or the devices)`
      : undefined,
  shrink: ({ selected, baseline, sources = [] }, { shrinkFactor }, prefix) => {
    const variable = `${prefix}SHRINK_FACTOR=${shrinkFactor}`;
    const shrunk = sources
      .filter((source) => isShrunk(source, shrinkFactor))
      .map(
        ({ name, users, before }) =>
          `${name} gives ${users} users, fewer than ${variable} times the ${before} of last time (check what the account that reads it may see)`,
      );
    if (baseline && selected < baseline.selected * shrinkFactor)
      shrunk.unshift(
        `the roster has ${selected} users, fewer than ${variable} times the usual ${baseline.selected} (check whether CARETAKER_ROSTER is complete)`,
      );
    return shrunk.length > 0 ? shrunk.join('; ') : undefined;
  },
  unreadable: ({ failed, selected, named }, { maxUnreadable }, prefix) =>
    !named && failed / selected > maxUnreadable
      ? `${failed} of ${selected} users could not be read, more than the share that ${prefix}MAX_UNREADABLE=${maxUnreadable} allows (the report names the first of them, and why)`
      : undefined,
};
