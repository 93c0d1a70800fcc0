import { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { User } from '../../domain/user.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { userSource } from '../../queue/run-worker/user-source.ts';
import { newUserCount, readUsers } from '../../queue/run-worker/users.ts';
import { findRunPlan, type RunPlan } from '../../queue/views/run-plan.ts';
import { RosterChanged } from '../../roster/errors.ts';
import { toActionRow } from '../../runs/plan-rows.ts';
import { compareActions } from '../../runs/soonest-first.ts';
import { createSort } from '../../sorting/sort.ts';
import type { CommandContext } from '../context.ts';
import { withRoster } from '../run/roster-source.ts';
import { withClients } from '../setup/clients.ts';
import { readConfig } from '../setup/config.ts';
import { withQueues } from '../setup/queues.ts';
import { wholeRunId } from '../setup/run-id.ts';
import { UsageError } from '../usage-error.ts';
import {
  type PlanHead,
  type PlanRows,
  printPlanRows,
  type Showing,
  unitInEffect,
} from './print-plan-rows.ts';
import { rosterRows } from './roster-rows.ts';
import type { ShowOptions } from './show-plan-file.ts';

/**
 * `caretaker runs <id> --plan`: to whom a held run would do what, and why. Reads only.
 *
 * @throws UsageError when the run is not held, RosterChanged when its users are no longer those of the roster
 */
export function showHeldPlan(
  context: CommandContext,
  typed: string | undefined,
  { json = false, timeZone }: ShowOptions,
): Promise<number> {
  if (typed === undefined) {
    throw new UsageError('--plan needs the id of a held run.', 'List the runs with: caretaker runs');
  }
  const config = readConfig(context);
  return withQueues(
    context,
    async ({ runs }) => {
      const id = await wholeRunId(runs, typed);
      const plan = await findRunPlan(runs, id);
      if (!plan) {
        throw new UsageError(
          `There is no held run ${id}, and only the plan of a held run is kept whole.`,
          'List the runs with: caretaker runs',
        );
      }
      const { maintenance, state } = plan;
      const { plannedAt, selected, hold } = state;
      const head = {
        plan: id,
        job: maintenance.name,
        plannedAt,
        unit: unitInEffect(maintenance, state.policy),
        held: hold ? { reason: hold.reason, until: hold.until } : null,
        selected,
      };
      const showing = { json, zone: timeZone ?? config.jobs[maintenance.name]?.timeZone ?? 'UTC' };
      if (maintenance.plansFrom === 'roster') return showUsers(context, config, plan, { head, showing });
      const shown = await printPlanRows(context, head, { kind: 'actions', rows: actionRows(plan) }, showing);
      if (shown === state.planned) return exitCodes.completed;
      context.errors.write(
        `caretaker: The run planned ${state.planned} actions, and ${shown} of them can be read. Another program or another version wrote the rest: start the run again.\n`,
      );
      return exitCodes.failures;
    },
    config,
  );
}

async function* actionRows({ actions }: RunPlan) {
  for await (const some of createSort()(actions(), { compare: compareActions })) yield some.map(toActionRow);
}

/** The run keeps no plan of its users: what it knows is whether the roster is still the same. */
function showUsers(
  context: CommandContext,
  config: Config,
  plan: RunPlan,
  { head, showing }: { readonly head: PlanHead; readonly showing: Showing },
): Promise<number> {
  const { maintenance: job, state, request } = plan;
  const named = request.users?.map((user) => (typeof user === 'string' ? user : user.username));
  return withRoster(context, config, named, async (openRoster) => {
    for await (const _ of usersOf(plan, openRoster));
    return withClients(config, undefined, async (clients) => {
      const { policy, plannedAt } = state;
      const rows: PlanRows = {
        kind: 'users',
        rows: rosterRows(usersOf(plan, openRoster), { job, policy, plannedAt, clients }),
      };
      await printPlanRows(context, head, rows, showing);
      return exitCodes.completed;
    });
  });
}

/** @throws RosterChanged when they are not those that the run counted */
async function* usersOf(
  { request, state }: RunPlan,
  openRoster: WorkerContext['openRoster'],
): AsyncGenerator<readonly User[]> {
  const count = newUserCount();
  const reading = { asOf: DateTime.fromISO(state.plannedAt) };
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
