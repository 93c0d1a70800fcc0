import { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { User } from '../../domain/user.ts';
import { groupsNamedBy } from '../../jobs/named-groups.ts';
import type { WorkerContext } from '../../queue/context.ts';
import type { RunsQueue } from '../../queue/queues.ts';
import { newUserCount } from '../../queue/run-worker/phases/user-count.ts';
import { userSource } from '../../queue/run-worker/phases/user-source.ts';
import { readUsers } from '../../queue/run-worker/phases/users.ts';
import { findRunPlan, type RunPlan } from '../../queue/views/run-plan.ts';
import { RosterChanged } from '../../roster/errors.ts';
import { toActionRow } from '../../runs/plan-rows.ts';
import { compareActions } from '../../runs/soonest-first.ts';
import { createSort } from '../../sorting/sort.ts';
import type { CommandContext } from '../context.ts';
import { withRoster } from '../run/roster-source.ts';
import { readConfig } from '../setup/config.ts';
import { warnOfPauses } from '../setup/pauses.ts';
import { withQueues } from '../setup/queues.ts';
import { wholeRunId } from '../setup/run-id.ts';
import { latestRun, type RunFilters } from '../setup/wanted-runs.ts';
import { UsageError } from '../usage-error.ts';
import { inPart, type PageWanted, type Part, partWanted, tellPart } from './plan-part.ts';
import {
  type PlanHead,
  type PlanRows,
  printPlanRows,
  type Showing,
  unitInEffect,
} from './print-plan-rows.ts';
import { rosterRows } from './roster-rows.ts';
import type { ShowOptions } from './show-plan-file.ts';

/** How the plan of a run is to be shown. */
export interface RunPlanOptions extends ShowOptions, PageWanted, RunFilters {}

/**
 * `caretaker runs <id> --users`: to whom a run that is held, or has only observed, would do what, and why. Reads only.
 *
 * @throws UsageError when the run has no plan to show, RosterChanged when its users are no longer those of the roster
 */
export function showRunPlan(
  context: CommandContext,
  typed: string | undefined,
  { json = false, timeZone, limit, page, ...filters }: RunPlanOptions,
): Promise<number> {
  if (typed === undefined) {
    throw new UsageError('--users needs the id of a run.', 'List the runs with: caretaker runs');
  }
  const config = readConfig(context, []);
  return withQueues(
    context,
    async ({ runs }) => {
      const wanted = await (typed === 'latest' ? latestRun(runs, filters) : wholeRunId(runs, typed));
      const plan = await requirePlan(runs, wanted);
      const { id, maintenance, state } = plan;
      const { plannedAt, selected, hold } = state;
      const head = {
        plan: id,
        job: maintenance.name,
        plannedAt,
        unit: unitInEffect(maintenance, state.policy),
        held: hold && plan.kept === 'whole' ? { reason: hold.reason, until: hold.until } : null,
        selected,
      };
      const showing = { json, zone: timeZone ?? config.timeZone };
      const printing = { head, showing, part: partWanted({ limit, page }) };
      if (maintenance.plansFrom === 'roster') return showUsers(context, config, plan, printing);
      const rows: PlanRows = { kind: 'actions', rows: inPart(actionRows(plan), printing.part) };
      const shown = await printPlanRows(context, head, rows, showing);
      return tellRest(context, plan, { ...printing, shown });
    },
    config,
  );
}

/** @throws UsageError when there is no such run, or it has no plan to show */
async function requirePlan(runs: RunsQueue, id: string): Promise<RunPlan & { readonly id: string }> {
  const plan = await findRunPlan(runs, id);
  if (!plan) {
    throw new UsageError(
      `No plan is kept of ${id}: it is no run that is held, has only observed, or came after a warning of the vendor.`,
      'List the runs with: caretaker runs',
    );
  }
  if (plan.maintenance.apply) return { ...plan, id };
  throw new UsageError(
    `The job ${plan.maintenance.name} only reads, so its runs plan nothing.`,
    'See what it found with: caretaker findings',
  );
}

interface Printing {
  readonly head: PlanHead;
  readonly showing: Showing;
  readonly part: Part | undefined;
}

/** Says what of the plan was not shown, and why. Returns the exit code. */
function tellRest(
  context: CommandContext,
  { state, kept }: RunPlan,
  { part, shown }: Printing & { readonly shown: number },
): number {
  const { planned } = state;
  if (kept === 'late') {
    context.errors.write(
      `caretaker: Of a run that wrote only the actions are kept that came after the vendor's warning, the first of them (CARETAKER_KEEP_PLANNED).\n`,
    );
  } else if (part) tellPart(context, { part, shown, all: planned });
  else if (shown < planned && kept === 'beginning') {
    context.errors.write(
      `caretaker: The run planned ${planned} actions, and the first ${shown} of them are kept (CARETAKER_KEEP_PLANNED).\n`,
    );
  } else if (shown !== planned) {
    context.errors.write(
      `caretaker: The run planned ${planned} actions, and ${shown} of them can be read. Another program or another version wrote the rest: start the run again.\n`,
    );
    return exitCodes.failures;
  }
  return exitCodes.completed;
}

async function* actionRows({ actions }: RunPlan) {
  for await (const some of createSort()(actions(), { compare: compareActions })) yield some.map(toActionRow);
}

/** The run keeps no plan of its users: what it knows is whether the roster is still the same. */
async function showUsers(
  context: CommandContext,
  config: Config,
  plan: RunPlan,
  { head, showing, part }: Printing,
): Promise<number> {
  const { maintenance: job, state, request } = plan;
  const named = request.users?.map((user) => (typeof user === 'string' ? user : user.username));
  if (!named) await warnOfPauses(context, config, ['roster']);
  return withRoster(context, config, named, async (openRoster) => {
    for await (const _ of usersOf(plan, openRoster));
    const { policy, plannedAt } = state;
    const rows: PlanRows = {
      kind: 'users',
      rows: inPart(rosterRows(usersOf(plan, openRoster), { job, policy, plannedAt }), part),
    };
    const shown = await printPlanRows(context, head, rows, showing);
    if (part) tellPart(context, { part, shown, all: state.touched });
    return exitCodes.completed;
  });
}

/** @throws RosterChanged when they are not those that the run counted */
async function* usersOf(
  { maintenance, request, state }: RunPlan,
  openRoster: WorkerContext['openRoster'],
): AsyncGenerator<readonly User[]> {
  const count = newUserCount();
  const groups = groupsNamedBy(maintenance, state.policy);
  const reading = { asOf: DateTime.fromISO(state.plannedAt), groups };
  for await (const { users } of readUsers(
    userSource({ openRoster }, request),
    state.batchSize,
    count,
    reading,
  )) {
    yield users;
  }
  if (count.fingerprint !== state.fingerprint) throw new RosterChanged('after the run counted its users');
}
