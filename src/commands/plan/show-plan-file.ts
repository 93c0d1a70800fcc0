import { exitCodes } from '../../domain/exit-codes.ts';
import { findJob, jobNames } from '../../jobs/index.ts';
import { type PlanFile, PlanFileError, readPlan } from '../../runs/plan-files/plan-file.ts';
import { toActionRow } from '../../runs/plan-rows.ts';
import { compareActions } from '../../runs/soonest-first.ts';
import type { CommandContext } from '../context.ts';
import { readConfig } from '../setup/config.ts';
import { readPlanText } from './plan-output.ts';
import { type PlanRows, printPlanRows, unitInEffect } from './print-plan-rows.ts';
import { rosterRows } from './roster-rows.ts';

/** How a plan is to be shown. */
export interface ShowOptions {
  readonly json?: boolean;
  /** Left out: the one of the configuration. */
  readonly timeZone?: string;
}

/** So many users are planned at a time. */
const usersAtOnce = 1000;

/** `caretaker plan show <file>`: to whom a plan file does what, and why. Asks nobody, whatever the policy is now. */
export async function showPlanFile(
  context: CommandContext,
  path: string,
  { json = false, timeZone }: ShowOptions,
): Promise<number> {
  const config = readConfig(context, []);
  const name = path === '-' ? 'on standard input' : path;
  const plan = readPlan(await readPlanText(context, path), name);
  const job = findJob(plan.job);
  if (!job) {
    throw new PlanFileError(name, `is of the job ${plan.job}; there are only ${jobNames.join(', ')}`);
  }
  const { policy, plannedAt, selected, users = [] } = plan;
  const unit = unitInEffect(job, policy);
  const rows: PlanRows =
    job.plansFrom === 'roster'
      ? { kind: 'users', rows: rosterRows(inParts(users), { job, policy, plannedAt }) }
      : { kind: 'actions', rows: actionRows(plan) };
  const zone = timeZone ?? config.timeZone;
  const head = { plan: path, job: job.name, plannedAt, unit, held: null, selected };
  await printPlanRows(context, head, rows, { json, zone });
  return exitCodes.completed;
}

async function* actionRows({ actions = [] }: PlanFile) {
  for await (const some of inParts(actions.toSorted(compareActions))) yield some.map(toActionRow);
}

async function* inParts<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < all.length; start += usersAtOnce) yield all.slice(start, start + usersAtOnce);
}
