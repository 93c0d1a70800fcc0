import { DateTime } from 'luxon';
import type { Logger } from 'pino';
import { jobPrefix } from '../../config/settings/job.ts';
import { readTexts } from '../../config/settings/read-group.ts';
import { toIso } from '../../domain/moment.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { Action } from '../../jobs/job.ts';
import { groupsNamedBy } from '../../jobs/named-groups.ts';
import { RosterChanged, RosterError, RosterInterrupted } from '../../roster/errors.ts';
import { onlyCounted } from '../../runs/only-counted.ts';
import { planFromRoster } from '../../runs/roster-plan.ts';
import { applyBatches, canarySize } from '../../runs/soonest-first.ts';
import { finishedBatches } from '../batch-worker/batch-results.ts';
import { fanOut, handBack, type NewBatch } from '../batch-worker/fan-out.ts';
import type { WorkerContext } from '../context.ts';
import { batchText } from '../messages/batch-data.ts';
import type { BatchId } from '../messages/batch-id.ts';
import type { SentRequest } from '../messages/run-request.ts';
import { firstWrites, type RunState } from '../messages/run-state.ts';
import { toActionTuple } from '../messages/tuples.ts';
import { outlooksOf } from '../outlooks/outlooks.ts';
import type { RunJob } from '../queues.ts';
import { readBaseline } from '../records/baseline.ts';
import { stopReason, stopRun } from '../stop-run.ts';
import { filedBatches } from './filed-plan.ts';
import type { UserSource } from './user-source.ts';
import { newUserCount, readUsers, type UserCount } from './users.ts';

/** A run under way, in the hands of this worker. */
export interface RunUnderWay {
  readonly context: WorkerContext;
  readonly maintenance: AnyJob;
  /** Its job on the queue of runs. */
  readonly run: RunJob;
  /** What was asked for. */
  readonly request: SentRequest;
  readonly users: UserSource;
  readonly log: Logger;
  readonly token: string | undefined;
  /** This worker is shutting down, or has lost the run. */
  readonly signal: AbortSignal | undefined;
  /** Nobody waits for the roster any more: because of that, or because the run is to stop. */
  readonly reading: AbortSignal;
}

/** Streams the users into plan batches. */
export async function plan(under: RunUnderWay, state: RunState): Promise<RunState> {
  const { maintenance, users, log, reading: signal } = under;
  if (users.kind === 'plan') {
    const { roster, selected, missingGroups } = users.plan;
    const batches = filedBatches(users.plan, state.batchSize);
    const ending = await guarded(under, () => addBatches(under, state, 'plan', batches));
    const missing = missingGroups === undefined ? {} : { missingGroups };
    return { ...state, roster, selected, ...missing, ...ending, fannedOut: true };
  }
  if (users.kind === 'roster') await forgetOtherTerms(under, state);
  const count = newUserCount();
  const byAssociate = maintenance.vendor === 'superoffice';
  const groups = groupsNamedBy(maintenance, state.policy);
  const reading = { asOf: plannedAt(state), log, signal, byAssociate, groups };
  async function* batches(): AsyncGenerator<NewBatch> {
    for await (const { users: some, ...batch } of readUsers(users, state.batchSize, count, reading)) {
      yield { ...batch, users: some.length, actions: 0 };
    }
  }
  const ending = await guarded(under, () => addBatches(under, state, 'plan', batches()));
  return { ...state, ...counts(count), ...ending, fannedOut: true };
}

const hoursOfDay = 24;

/** What was seen under another policy says nothing of whom this run has to ask. */
async function forgetOtherTerms({ context, maintenance, log }: RunUnderWay, state: RunState): Promise<void> {
  const outlooks = outlooksOf(context, maintenance, state.policy);
  if (!outlooks) return;
  const usual = await readBaseline(context.queues, maintenance.name, state.mode, state.history);
  const newAfterHours = await outlooks.begin(usual?.selected, context.now());
  if (newAfterHours === undefined) return;
  // Whoever set a longer wait is to know that a device of somebody makes it shorter, or useless.
  if (newAfterHours <= hoursOfDay) log.warn({ newAfterHours }, 'a new device is due too soon to ask less');
  else log.info({ newAfterHours }, 'users need not be asked before a new device is due');
}

/** Puts what passed the gate into batches, the soonest deadline first: the canary, or what it left. */
export async function apply(under: RunUnderWay, state: RunState): Promise<RunState> {
  const fromVendor = under.maintenance.plansFrom === 'vendor';
  const ending = await guarded(under, async () => {
    // Between the plan and its approval lie hours: nothing is written unless the roster is still the one approved. And
    // where an older version counted, only the whole can be compared.
    if (!fromVendor && (state.hold || !state.marks)) await drain(rosterActions(under, state));
    const phase = state.phase === 'canary' ? 'canary' : 'apply';
    await addBatches(
      under,
      state,
      phase,
      fromVendor ? plannedActions(under, state) : rosterActions(under, state),
    );
  });
  return { ...state, ...ending, fannedOut: true };
}

async function* plannedActions(under: RunUnderWay, state: RunState): AsyncGenerator<NewBatch> {
  const { batchSize, planned } = state;
  const phase = state.phase === 'canary' ? 'canary' : 'apply';
  const canary = firstWrites(under.maintenance, state) === 'canary' ? canarySize(planned) : 0;
  const writing = { phase, canary, batchSize } as const;
  for await (const actions of applyBatches(actionsOf(under), writing, under.context.sort)) {
    const text = batchText({ actions: actions.map(toActionTuple) });
    yield { text, users: 0, actions: actions.length };
  }
}

/** The plan of a run, a batch at a time in no order. @throws WaitingError when this worker shuts down meanwhile */
async function* actionsOf({ run, token, signal }: RunUnderWay): AsyncGenerator<readonly Action[]> {
  for await (const { id, result } of finishedBatches(run)) {
    if (signal?.aborted) await handBack(run, token);
    if (id.phase !== 'plan' || !result.actions) continue;
    // The plan keeps when a device was last used; whoever writes does not need it.
    yield result.actions.map(({ lastUsed: _, ...action }) => action);
  }
}

async function* rosterActions(under: RunUnderWay, state: RunState): AsyncGenerator<NewBatch> {
  const count = newUserCount();
  const context = rosterContext(under, state);
  const groups = groupsNamedBy(under.maintenance, state.policy);
  const isKnown = state.roster.rejected === 0;
  const reading = { asOf: context.now, isKnown, signal: under.reading, groups };
  const batches = readUsers(under.users, state.batchSize, count, reading);
  for await (const { users, ...batch } of onlyCounted(batches, count, state)) {
    const { actions } = await planFromRoster(under.maintenance, users, context);
    yield { ...batch, users: users.length, actions: actions.length };
  }
}

/** What follows from the roster alone is planned with. */
export function rosterContext({ context, maintenance }: RunUnderWay, state: RunState) {
  return {
    client: context.clients.readers({ requests: 0 })[maintenance.vendor](),
    policy: readTexts(jobPrefix(maintenance.name), maintenance.policy, state.policy),
    now: plannedAt(state),
  };
}

function plannedAt(state: RunState): DateTime {
  return DateTime.fromISO(state.plannedAt);
}

function addBatches(
  { context, maintenance, run, token, signal }: RunUnderWay,
  { trace }: RunState,
  phase: BatchId['phase'],
  batches: AsyncIterable<NewBatch>,
): Promise<boolean> {
  const queue = context.queues.vendors[maintenance.vendor];
  const { urgency } = maintenance;
  return fanOut({ context, queue, run, phase, urgency, trace, batches, token, signal });
}

/**
 * A roster that fails ends the run: batches that are there already are told to stop.
 *
 * @throws WaitingError after the run was handed back because this worker is shutting down
 */
export async function guarded(
  { context, run, token, signal }: RunUnderWay,
  step: () => Promise<unknown>,
): Promise<Pick<RunState, 'ending'>> {
  try {
    await step();
    return {};
  } catch (error) {
    if (error instanceof RosterInterrupted) {
      if (signal?.aborted) return handBack(run, token);
      const stopped = await context.queues.runs.getJob(run.id ?? '');
      return { ending: { status: 'stopped', reason: (stopped && stopReason(stopped)) ?? 'it was stopped' } };
    }
    if (!(error instanceof RosterError || error instanceof RosterChanged)) throw error;
    await stopRun(context.queues.runs, run.id ?? '', error.message);
    return {
      ending: { status: error instanceof RosterChanged ? 'stopped' : 'failed', reason: error.message },
    };
  }
}

/** What was counted, as the state keeps it. */
export function counts({
  rows,
  rejected,
  selected,
  rejections,
  sources,
  join,
  writtenAtMs,
  missingGroups,
}: UserCount) {
  const writtenAt = writtenAtMs === undefined ? undefined : toIso(writtenAtMs);
  return {
    roster: { rows, rejected },
    selected,
    rejections,
    ...(sources === undefined ? {} : { sources }),
    ...(join === undefined ? {} : { join }),
    ...(writtenAt === undefined ? {} : { writtenAt }),
    ...(missingGroups === undefined ? {} : { missingGroups }),
  };
}

async function drain(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}
