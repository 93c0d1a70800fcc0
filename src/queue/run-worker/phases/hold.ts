import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError } from 'bullmq';
import { DateTime } from 'luxon';
import { type ExitCode, exitCodes } from '../../../domain/exit-codes.ts';
import { OperatorError } from '../../../domain/operator-error.ts';
import { timeIn } from '../../../domain/shown-time.ts';
import { firstWrites, type RunState, readState, stateToShow } from '../../messages/run-state.ts';
import type { Queues, RunsQueue } from '../../queues.ts';
import { findRun } from '../../records/runs/find-run.ts';
import { jobById } from '../../records/runs/job-by-id.ts';
import { changeState } from '../../records/runs/save-state.ts';
import { stopReason } from '../../stop-run.ts';
import type { RunUnderWay } from './run-under-way.ts';

/*
 * A held run keeps its plan and delays itself until its time is over. A decision is written into it (as `answer`) and
 * wakes it; its claim on its job is held all the while, so that no other run of the job begins.
 */

/** A run that cannot be approved or rejected. */
export class NotHeld extends OperatorError {
  override readonly name = 'NotHeld';

  constructor(problem: string, advice: string, exitCode: ExitCode = exitCodes.usage) {
    super({ problem, advice, exitCode });
  }
}

/** What a person decides about a held run. */
export interface Decision {
  readonly verdict: 'approve' | 'reject';
  readonly note?: string | undefined;
  /** Who decides, where that is known. */
  readonly by?: string | undefined;
}

/** How often a run that is just about to delay itself is woken after a decision, and how long after. */
const wakeAttempts = 50;
const wakePauseMs = 100;

/**
 * Goes on with a held run that was approved or rejected, or has expired: nobody decides about it any more.
 *
 * @throws DelayedError when it goes on waiting
 */
export function leaveHold(under: RunUnderWay): Promise<RunState> {
  return changeState(under.context.queues, under.run, (data) => {
    const state = readState(data);
    if (!state) throw new Error('The state of a held run is gone from Redis.');
    return afterHold(under, state);
  });
}

async function afterHold(
  { context, maintenance, run, log, token }: RunUnderWay,
  state: RunState,
): Promise<RunState> {
  const { hold } = state;
  // Word of a stop may have come after the gate was begun.
  run.progress = (await context.queues.runs.getJob(run.id ?? ''))?.progress ?? run.progress;
  if (!hold || stopReason(run) !== undefined) return { ...state, phase: 'report' };
  const { answer: decision } = hold;
  if (decision?.approved) {
    log.info({ by: decision.by, note: decision.note }, 'run approved');
    return { ...state, phase: firstWrites(maintenance, state), fannedOut: false, recheck: true };
  }
  if (decision) {
    const by = decision.by ? ` by ${decision.by}` : '';
    const reason = `rejected${by}${decision.note ? `: ${decision.note}` : ''} (held because ${hold.reason})`;
    return { ...state, phase: 'report', ending: { status: 'stopped', reason } };
  }
  const until = DateTime.fromISO(hold.until);
  if (context.now() >= until) {
    const reason = `expired: nobody approved or rejected it in time (held because ${hold.reason})`;
    return { ...state, phase: 'report', ending: { status: 'stopped', reason } };
  }
  log.warn({ reason: hold.reason, until: hold.until }, 'run held');
  await run.moveToDelayed(until.toMillis(), token);
  throw new DelayedError();
}

/**
 * Approves or rejects a held run.
 *
 * Of several who decide at once, one does.
 *
 * @param now in the zone of whoever decides
 * @throws NotHeld when there is no such run, or it is not held, or was decided already, or its time is over
 */
export async function decideRun(
  { runs }: Pick<Queues, 'runs'>,
  id: string,
  decision: Decision,
  now: DateTime,
): Promise<void> {
  const run = await findRun(runs, id);
  if (!run) throw await notHeld(runs, id);
  try {
    await changeState(runs, run, (data) => decided(id, readState(data), decision, now));
  } finally {
    // Also where it was decided before: whoever did that may have died before the run was awake.
    await wake(runs, id);
  }
}

/** Why a run that is not under way cannot be decided about. */
async function notHeld(runs: RunsQueue, id: string): Promise<NotHeld> {
  return (await jobById(runs, id))
    ? new NotHeld(`The run ${id} is not held.`, `Look at it with caretaker runs ${id}.`)
    : new NotHeld(`There is no run ${id}.`, 'List the runs with caretaker runs.');
}

/** The state of a held run with what was decided. @throws NotHeld when there is nothing to decide */
function decided(
  id: string,
  state: RunState | undefined,
  { verdict, note, by }: Decision,
  now: DateTime,
): RunState {
  const look = `Look at it with caretaker runs ${id}.`;
  const { phase, hold } = state ?? {};
  if (!state || phase !== 'held' || !hold) throw new NotHeld(`The run ${id} is not held.`, look);
  if (hold.answer) {
    const done = hold.answer.approved ? 'approved' : 'rejected';
    throw new NotHeld(`The run ${id} is already ${done}.`, look, exitCodes.failures);
  }
  if (now >= DateTime.fromISO(hold.until)) {
    const problem = `The run ${id} was held until ${timeIn(now.zoneName ?? 'UTC', hold.until)}, and that is over.`;
    throw new NotHeld(problem, 'Start the run again.', exitCodes.failures);
  }
  const at = now.toUTC().toISO() ?? '';
  const answer = { approved: verdict === 'approve', note: note ?? null, at, ...(by ? { by } : {}) };
  return { ...state, hold: { ...hold, answer } };
}

/** Wakes a held run that was decided, or is to stop; any other is left alone. */
export async function wake(runs: RunsQueue, id: string): Promise<void> {
  for (let attempt = 1; attempt <= wakeAttempts; attempt += 1) {
    const run = await findRun(runs, id);
    const { phase, hold } = stateToShow(run?.data) ?? {};
    if (!run || phase !== 'held' || !(hold?.answer || stopReason(run) !== undefined)) return;
    // Refused where another one has just woken it.
    const isAwake =
      (await run.isDelayed()) &&
      (await run.promote().then(
        () => true,
        () => false,
      ));
    if (isAwake) return;
    await delay(wakePauseMs);
  }
}
