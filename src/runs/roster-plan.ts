import type { DateTime } from 'luxon';
import type { User } from '../domain/user.ts';
import type { AnyJob } from '../jobs/index.ts';
import type { Action, Readers } from '../jobs/job.ts';
import type { BatchProgress } from './batch.ts';
import { addCounts } from './tally.ts';

/** What follows from the roster alone for some users. */
export interface RosterPlan {
  readonly actions: readonly Action[];
  /** How many actions each user has, in the order of the users. */
  readonly perUser: readonly number[];
  readonly kept: Readonly<Record<string, number>>;
}

/** Plans users of a job that reads nothing to plan. The same users at the same moment give the same plan. */
export async function planFromRoster(
  job: AnyJob,
  users: readonly User[],
  context: {
    readonly client: Readers[keyof Readers];
    readonly policy: Readonly<Record<string, unknown>>;
    readonly now: DateTime;
  },
): Promise<RosterPlan> {
  const actions: Action[] = [];
  const perUser: number[] = [];
  const kept: Record<string, number> = {};
  for (const user of users) {
    const inspection = job.inspect(user, context);
    const found = inspection instanceof Promise ? await inspection : inspection;
    for (const action of found.actions) actions.push(action);
    perUser.push(found.actions.length);
    if (found.kept) addCounts(kept, found.kept);
  }
  return { actions, perUser, kept };
}

/** Counts every user of an apply batch once, by what became of their actions. */
export function countUsers({ perUser }: RosterPlan, { ledger, failed, tally }: BatchProgress): void {
  const failures = new Set(failed);
  let index = 0;
  for (const count of perUser) {
    let pending = 0;
    let failedOf = 0;
    for (const end = index + count; index < end; index += 1) {
      if (ledger.pending.has(index)) pending += 1;
      if (failures.has(index)) failedOf += 1;
    }
    if (pending > 0) tally.users.notReached += 1;
    else if (count > 0 && failedOf === count) tally.users.failed += 1;
    else tally.users.inspected += 1;
  }
}
