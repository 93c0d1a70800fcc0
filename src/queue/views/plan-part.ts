import type { Action } from '../../jobs/job.ts';
import { type ActionRow, toActionRow } from '../../runs/plan-rows.ts';
import { compareActions } from '../../runs/soonest-first.ts';
import type { Sort } from '../../sorting/sort.ts';
import type { RunPlan } from './run-plan.ts';

/** Which of the planned actions are wanted. */
export interface WantedActions {
  /** A part of the name of a user, in any case; empty for everybody. */
  readonly user: string;
  readonly onlyLate: boolean;
  /** How many are left out at the beginning, and how many there are to be at most. */
  readonly skip: number;
  readonly atMost: number;
}

/** A part of a plan, the soonest first. */
export interface PlanPart {
  readonly rows: readonly ActionRow[];
  /** How many there are of those that are wanted. */
  readonly matching: number;
}

/** Reads a part of the plan of a run; all of it is looked through, and only what is wanted is held. */
export async function readPlanPart(
  { actions }: Pick<RunPlan, 'actions'>,
  { user, onlyLate, skip, atMost }: WantedActions,
  sort: Sort,
): Promise<PlanPart> {
  const text = user.toLowerCase();
  const isWanted = (action: Action) =>
    (!onlyLate || action.late === true) && action.user.username.toLowerCase().includes(text);
  let matching = 0;
  async function* wanted() {
    for await (const some of actions()) {
      const here = some.filter(isWanted);
      matching += here.length;
      yield here;
    }
  }
  const sorted: Action[] = [];
  for await (const some of sort(wanted(), { compare: compareActions, atMost: skip + atMost })) {
    sorted.push(...some);
  }
  return { rows: sorted.slice(skip, skip + atMost).map(toActionRow), matching };
}
