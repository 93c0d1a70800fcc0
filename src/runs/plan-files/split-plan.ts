import type { Action } from '../../jobs/job.ts';
import { type BatchProgress, newProgress } from '../batch.ts';
import { batchSizeAt } from '../batch-sizes.ts';
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

/** Cuts a plan into parts as large as batches. The actions of a user stay together; the parts are the same every time. */
export function* planParts(
  { selected, actions = [] }: Pick<PlanFile, 'selected' | 'actions'>,
  batchSize: number,
): Generator<PlanPart> {
  const touched = [...touchedUsers(actions).values()];
  for (let start = 0, parts = 0; start < selected; parts += 1) {
    const end = start + batchSizeAt(parts, batchSize);
    yield { users: Math.min(end, selected) - start, actions: touched.slice(start, end).flat() };
    start = end;
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
