import type { Action } from '../../jobs/job.ts';
import { type BatchProgress, newProgress } from '../batch.ts';
import type { PlanFile } from './plan-file.ts';

/** A part of a plan that was made before, as big as a batch: so many users, and what is planned for some of them. */
export interface PlanPart {
  readonly users: number;
  readonly actions: readonly Action[];
}

/** The actions of a plan by the user whom they concern, in the order of the plan. */
export function touchedUsers(actions: readonly Action[]): Map<string, Action[]> {
  return Map.groupBy(actions, ({ user }) => JSON.stringify([user.userStorageName, user.username]));
}

/** Cuts a plan into parts of so many users. The actions of a user stay together; the parts are the same every time. */
export function* planParts(
  { selected, actions = [] }: Pick<PlanFile, 'selected' | 'actions'>,
  usersInPart: number,
): Generator<PlanPart> {
  const touched = [...touchedUsers(actions).values()];
  for (let start = 0; start < selected; start += usersInPart) {
    yield {
      users: Math.min(usersInPart, selected - start),
      actions: touched.slice(start, start + usersInPart).flat(),
    };
  }
}

/** What a batch would have come to that had inspected these users. */
export function partProgress({ users, actions }: PlanPart): BatchProgress {
  const progress = newProgress(0);
  const { tally } = progress;
  tally.users.inspected = users;
  tally.actions.planned = actions.length;
  tally.touched = touchedUsers(actions).size;
  tally.late = actions.filter(({ late }) => late).length;
  progress.actions.push(...actions);
  return progress;
}
