import type { Job } from 'bullmq';
import { DateTime } from 'luxon';
import type { Logger } from 'pino';
import { readTexts } from '../config/group.ts';
import { jobPrefix } from '../config/job-settings.ts';
import type { AnyJob } from '../jobs/index.ts';
import type { Action } from '../jobs/job.ts';
import { RosterError } from '../roster/errors.ts';
import { gate } from '../runs/gate.ts';
import { planFromRoster } from '../runs/roster-plan.ts';
import { addCounts } from '../runs/tally.ts';
import { finishedBatches, sumBatches } from './batches.ts';
import type { Crew } from './crew.ts';
import { fanOut, type NewBatch, RosterChanged } from './fan-out.ts';
import { haltReason, haltRun } from './halt.ts';
import type { RunData } from './payloads.ts';
import type { RunState } from './run-state.ts';
import { newUserCount, readUsers, type UserCount } from './run-users.ts';
import { toActionTuple, toTuple } from './tuples.ts';

/** A run under way, in the hands of this worker. */
export interface RunUnderWay {
  readonly crew: Crew;
  readonly maintenance: AnyJob;
  readonly run: Job<RunData>;
  readonly log: Logger;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Streams the users into plan batches. */
export async function plan(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { crew, run, log } = under;
  const count = newUserCount();
  async function* batches(): AsyncGenerator<NewBatch> {
    for await (const users of readUsers(crew, run.data, state.batchSize, count, log)) {
      yield { data: { users: users.map(toTuple) }, users: users.length, actions: 0 };
    }
  }
  const ending = await guarded(under, () => addBatches(under, 'plan', batches()));
  return { ...state, ...counts(count), ...ending, fannedOut: true };
}

/** Counts what is planned and decides whether it may be written. */
export async function passGate(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { maintenance, run } = under;
  if (state.ending || haltReason(run) !== undefined) return { ...state, phase: 'report' };
  const planned =
    maintenance.plansFrom === 'vendor' ? await planFromBatches(run, state) : await countRoster(under, state);
  if (planned.ending) return { ...planned, phase: 'report' };

  const verdict = gate(planned, state.limits);
  const stops = !verdict.pass && (state.mode === 'enforce' || planned.selected === 0);
  if (stops) return { ...planned, phase: 'report', ending: { status: 'stopped', reason: verdict.reason } };
  if (!verdict.pass) {
    const reason = `in enforce this run would be stopped: ${verdict.reason}`;
    return { ...planned, phase: 'report', ending: { status: 'completed', reason } };
  }
  const writes = state.mode === 'enforce' && maintenance.apply !== undefined && planned.planned > 0;
  return { ...planned, phase: writes ? 'apply' : 'report', fannedOut: false };
}

/** Puts what passed the gate into apply batches, the soonest deadline first. */
export async function apply(under: RunUnderWay, state: RunState): Promise<RunState> {
  const source =
    under.maintenance.plansFrom === 'vendor' ? plannedActions(under, state) : rosterActions(under, state);
  const ending = await guarded(under, () => addBatches(under, 'apply', source));
  return { ...state, ...ending, fannedOut: true };
}

async function planFromBatches(run: Job, state: RunState): Promise<RunState> {
  const { tally } = await sumBatches(run);
  return { ...state, planned: tally.actions.planned, touched: tally.touched };
}

async function countRoster(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { crew, run, log } = under;
  const count = newUserCount();
  const kept: Record<string, number> = {};
  let planned = 0;
  let touched = 0;
  const ending = await guarded(under, async () => {
    for await (const users of readUsers(crew, run.data, state.batchSize, count, log)) {
      const found = await planFromRoster(under.maintenance, users, rosterContext(under, state));
      planned += found.actions.length;
      touched += found.perUser.filter((actions) => actions > 0).length;
      addCounts(kept, found.kept);
    }
  });
  return { ...state, ...counts(count), ...ending, fingerprint: count.fingerprint, planned, touched, kept };
}

async function* plannedActions({ run }: RunUnderWay, { batchSize }: RunState): AsyncGenerator<NewBatch> {
  const actions: Action[] = [];
  for await (const { id, result } of finishedBatches(run)) {
    if (id.phase === 'plan') actions.push(...(result.actions ?? []));
  }
  const latest = Number.POSITIVE_INFINITY;
  const key = ({ user, subject }: Action) => `${user.userStorageName}\n${user.username}\n${subject}`;
  // The order is the same every time, so that a second worker makes the same batches.
  actions.sort(
    (one, other) => (one.deadline ?? latest) - (other.deadline ?? latest) || (key(one) < key(other) ? -1 : 1),
  );
  for (let start = 0; start < actions.length; start += batchSize) {
    const part = actions.slice(start, start + batchSize);
    yield { data: { actions: part.map(toActionTuple) }, users: 0, actions: part.length };
  }
}

async function* rosterActions(under: RunUnderWay, state: RunState): AsyncGenerator<NewBatch> {
  const count = newUserCount();
  for await (const users of readUsers(under.crew, under.run.data, state.batchSize, count)) {
    if (count.selected > state.selected) throw rosterChanged();
    const { actions } = await planFromRoster(under.maintenance, users, rosterContext(under, state));
    yield { data: { users: users.map(toTuple) }, users: users.length, actions: actions.length };
  }
  if (count.fingerprint !== state.fingerprint) throw rosterChanged();
}

function rosterContext({ crew, maintenance }: RunUnderWay, state: RunState) {
  return {
    client: crew.clients.readers({ requests: 0 })[maintenance.vendor](),
    policy: readTexts(jobPrefix(maintenance.name), maintenance.policy, state.policy),
    now: DateTime.fromISO(state.plannedAt),
  };
}

function addBatches(
  under: RunUnderWay,
  phase: 'plan' | 'apply',
  batches: AsyncIterable<NewBatch>,
): Promise<boolean> {
  const { crew, maintenance, run } = under;
  return fanOut(
    crew,
    crew.queues.vendors[maintenance.vendor],
    run,
    phase,
    maintenance.urgency,
    batches,
    under,
  );
}

/** A roster that fails ends the run; batches that are there already are told to stop. */
async function guarded(
  { crew, run }: RunUnderWay,
  step: () => Promise<unknown>,
): Promise<Pick<RunState, 'ending'>> {
  try {
    await step();
    return {};
  } catch (error) {
    if (!(error instanceof RosterError || error instanceof RosterChanged)) throw error;
    await haltRun(crew.queues.runs, run.id ?? '', error.message);
    return {
      ending: { status: error instanceof RosterChanged ? 'stopped' : 'failed', reason: error.message },
    };
  }
}

function rosterChanged(): RosterChanged {
  return new RosterChanged('The roster was changed between its counting and its use; start the run again.');
}

function counts({ rows, rejected, selected, rejections }: UserCount) {
  return { roster: { rows, rejected }, selected, rejections };
}
