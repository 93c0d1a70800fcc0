import type { DateTime } from 'luxon';
import type { PointsharpReader, PointsharpWriter } from '../clients/pointsharp/client.ts';
import type { SuperofficeReader } from '../clients/superoffice/client.ts';
import type { JobDefaults } from '../config/settings/job.ts';
import type { Assumption, Mismatch } from '../config/settings/problem.ts';
import type { Settings, ValuesOf } from '../config/settings/setting.ts';
import type { User } from '../domain/user.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { Finding, FindingRule } from '../policies/finding.ts';
import type { Outlook } from '../policies/timed-devices/outlook.ts';
import type { UnitInEffect, UnitSource } from '../policies/timed-devices/timeout-unit.ts';
import type { Sort } from '../sorting/sort.ts';

/*
 * The whole contract of a maintenance job.
 *
 * A job is a value, not a class: a name, a vendor, a policy and up to three functions. It never sees the queue, the
 * clock or the environment; what it needs is handed to it. A user that cannot be handled is returned (`failed`); what
 * concerns everybody is thrown, as the error family of the clients does by itself.
 */

/** What a job may read with, by vendor. No write method is in sight: the type checker is the dry run's guarantee. */
export interface Readers {
  readonly pointsharp: PointsharpReader;
  readonly superoffice: SuperofficeReader;
}

/** What a job may write with. SuperOffice Pocket has nothing that removes a registration, so nothing is written there. */
export interface Writers {
  readonly pointsharp: PointsharpWriter;
  readonly superoffice: SuperofficeReader;
}

interface Context<Policy> {
  readonly policy: Policy;
  readonly now: DateTime;
}
export interface ReadContext<V extends Vendor, Policy> extends Context<Policy> {
  readonly client: Readers[V];
}
export interface WriteContext<V extends Vendor, Policy> extends Context<Policy> {
  readonly client: Writers[V];
  /** When the plan was made that the action comes from. */
  readonly plannedAt: DateTime;
  /** The plan waited for a person: look again before each write, however fresh it is. */
  readonly recheck: boolean;
}

/** One idempotent write that the job wants to make. It travels through the queue, so it is plain JSON and small. */
export interface Action {
  readonly user: User;
  /** What it is done to or with, in a word or two, for logs and failures: a device id, a kind of window. */
  readonly subject: string;
  /** The moment (epoch milliseconds) before which it should be done; the soonest goes first. */
  readonly deadline?: number;
  /** The time-out (epoch milliseconds) that the plan saw; another one means that it was changed meanwhile. */
  readonly timeout?: number;
  /** When it was last used (epoch milliseconds): for people who read the plan. What is done does not depend on it. */
  readonly lastUsed?: number;
  /** The vendor has warned the user already: still worth doing, but late. */
  readonly late?: true;
}

/** What is worth knowing across users; `conclude` sees all of a run. Plain JSON, small, without secrets; those of one job are of one length. */
export type Observation = readonly (string | number | null)[];

/** What a job found for one user. */
export interface Inspection<A extends Action = Action> {
  readonly actions: readonly A[];
  readonly findings?: readonly Finding[];
  /** How many things were left alone, by reason. */
  readonly kept?: Readonly<Record<string, number>>;
  readonly observations?: readonly Observation[];
  /** When there can be something to do for the user again; left out: he is asked at the next run. */
  readonly outlook?: Outlook;
  /** What of the vendor's answer cannot be read, and what to do; the rest of it is planned. The user counts as unreadable. */
  readonly unreadable?: string;
}

/** What became of an action that was tried. What was never tried is counted as `not-reached` by the run. */
export type Outcome =
  | { readonly status: 'applied' }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** The subject of a reasoning about a user of whom nothing is asked: it holds for whatever devices there are. */
export const wholeUser = 'all devices';

/** One line of an explanation: a fact or a rule, and what follows from it. */
export interface Reasoning {
  readonly subject: string;
  readonly verdict: string;
  readonly because: readonly string[];
}

export interface MaintenanceJob<
  V extends Vendor = Vendor,
  S extends Settings = Settings,
  A extends Action = Action,
> {
  /** File = job = schedule = log field = metric label = command-line word. */
  readonly name: string;
  /** Whose queue and budget its calls use. */
  readonly vendor: V;
  /** The policy: its variables, each with its documentation. */
  readonly policy: S;
  /** Schedule and limits when the operator says nothing. */
  readonly defaults: JobDefaults;
  /** Order on the vendor's queue: lower goes first. */
  readonly urgency: number;
  /** `roster`: the plan follows from the roster alone; `vendor`: each user has to be read to know. */
  readonly plansFrom: 'roster' | 'vendor';
  /** What an action is, where people may take it for something else: it follows "an action is". */
  readonly actionMeans?: string;
  /** Every rule that it finds something by, with how severe that is and what to do; left out where there are no findings. */
  readonly rules?: Readonly<Record<string, FindingRule>>;
  /**
   * What of the policy does not fit the schedule. `gapMs`: the longest time between two runs; `baselineMs`: how long the
   * last runs took.
   */
  check?(policy: ValuesOf<S>, gapMs: number, baselineMs?: number): readonly Mismatch[];
  /** What a run in enforce takes for granted because the policy does not say it. Left out: nothing. */
  assumptions?(policy: ValuesOf<S>): readonly Assumption[];
  /** Groups of the roster that the policy names: only these travel with a user. Left out: none. */
  groups?(policy: ValuesOf<S>): readonly string[];
  /**
   * For how many milliseconds at most the job leaves a user alone for whom its inspection sees nothing to come. Left out or
   * undefined: everybody is asked at every run.
   */
  longestWait?(policy: ValuesOf<S>): number | undefined;
  /** The unit by which durations of the vendor are read; `assumed` when nobody set it. Left out: none are read. */
  unit?(policy: UnitSource): UnitInEffect;
  /** What there is to do for one user. Returns no promise where nothing is read: one for each of a million users costs time. */
  inspect(user: User, context: ReadContext<V, ValuesOf<S>>): Promise<Inspection<A>> | Inspection<A>;
  /** One idempotent write. */
  apply?(action: A, context: WriteContext<V, ValuesOf<S>>): Promise<Outcome>;
  /** Whether an applied action shows when it is read back. A job without it has nothing to read back. */
  confirm?(action: A, context: ReadContext<V, ValuesOf<S>>): Promise<boolean>;
  /** Findings that no single user shows, in the same order every time. What was observed may be more than memory holds. */
  conclude?(observations: AsyncIterable<readonly Observation[]>, sort: Sort): AsyncIterable<Finding>;
  /** What it would do to this user and why, rule by rule, with times in the zone of `now`. Reads only. */
  explain(user: User, context: ReadContext<V, ValuesOf<S>>): Promise<readonly Reasoning[]>;
}
