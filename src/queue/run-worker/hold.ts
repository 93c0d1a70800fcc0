import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError } from 'bullmq';
import { DateTime } from 'luxon';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { firstWrites, type RunState, readState, stateToShow } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { isRun } from './add-run.ts';
import { jobById } from './job-by-id.ts';
import { saveState } from './save-state.ts';
import type { RunUnderWay } from './steps.ts';

/*
 * A held run keeps its plan and delays itself until its time is over. A decision is written into it (as `answer`) and
 * wakes it; its deduplication id is held all the while, so that no other run of the job begins.
 */

/** A run that cannot be approved or rejected. */
export class NotHeld extends OperatorError {
  override readonly name = 'NotHeld';

  constructor(problem: string, advice: string) {
    super({ problem, advice, exitCode: exitCodes.usage });
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
 * Goes on with a held run that was approved or rejected, or has expired.
 *
 * @throws DelayedError when it goes on waiting
 */
export async function afterHold(
  { context, maintenance, run, log, token }: RunUnderWay,
  state: RunState,
): Promise<RunState> {
  const { hold } = state;
  if (!hold) return { ...state, phase: 'report' };
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
 * @throws NotHeld when there is no such run, or it is not held, or was decided already
 */
export async function decideRun(
  runs: RunsQueue,
  id: string,
  { verdict, note, by }: Decision,
  now: DateTime,
): Promise<void> {
  const run = await jobById(runs, id);
  const state = run && isRun(run) ? readState(run.data) : undefined;
  if (!run || !state) throw new NotHeld(`There is no run ${id}.`, 'List the runs with caretaker runs.');
  const { phase, hold } = state;
  if (phase !== 'held' || !hold) {
    throw new NotHeld(`The run ${id} is not held.`, `Look at it with caretaker runs ${id}.`);
  }
  if (hold.answer) {
    const done = hold.answer.approved ? 'approved' : 'rejected';
    throw new NotHeld(`The run ${id} is already ${done}.`, `Look at it with caretaker runs ${id}.`);
  }
  const at = now.toUTC().toISO() ?? '';
  const answer = { approved: verdict === 'approve', note: note ?? null, at, ...(by ? { by } : {}) };
  await saveState(run, { ...state, hold: { ...hold, answer } });
  await wake(runs, id);
}

async function wake(runs: RunsQueue, id: string): Promise<void> {
  for (let attempt = 1; attempt <= wakeAttempts; attempt += 1) {
    const run = await runs.getJob(id);
    if (stateToShow(run?.data)?.phase !== 'held') return;
    if (await run?.isDelayed()) return run?.promote();
    await delay(wakePauseMs);
  }
}
