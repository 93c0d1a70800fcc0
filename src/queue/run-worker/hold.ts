import { DelayedError } from 'bullmq';
import { DateTime } from 'luxon';
import { firstWrites, type RunState } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { jobById } from './job-by-id.ts';
import type { RunUnderWay } from './steps.ts';

/*
 * A held run keeps its plan and delays itself until its time is over. An answer is written into it and wakes it; its
 * deduplication id is held all the while, so that no other run of the job begins.
 */

/** An answer that cannot be given; the message says why. */
export class NotHeld extends Error {
  override readonly name = 'NotHeld';
}

/** How often an answer is offered to a run that is just about to lie down, and how long after. */
const wakeAttempts = 50;
const wakePauseMs = 100;

/**
 * Goes on with a held run that was answered or has expired.
 *
 * @throws DelayedError when it goes on waiting
 */
export async function answered(
  { context, maintenance, run, log, token }: RunUnderWay,
  state: RunState,
): Promise<RunState> {
  const { hold } = state;
  if (!hold) return { ...state, phase: 'report' };
  const { answer } = hold;
  if (answer?.approved) {
    log.info({ by: answer.by, note: answer.note }, 'run approved');
    return { ...state, phase: firstWrites(maintenance, state), fannedOut: false, recheck: true };
  }
  if (answer) {
    const by = answer.by ? ` by ${answer.by}` : '';
    const reason = `rejected${by}${answer.note ? `: ${answer.note}` : ''} (held because ${hold.reason})`;
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
 * @param by who answers, where that is known
 * @throws NotHeld when there is no such run, or it is not held, or was answered already
 */
export async function decideRun(
  runs: RunsQueue,
  id: string,
  approved: boolean,
  note: string | undefined,
  now: DateTime,
  by?: string,
): Promise<void> {
  const run = await jobById(runs, id);
  const state = run?.data.state;
  if (!run || !state) throw new NotHeld(`There is no run ${id}.`);
  if (state.phase !== 'held' || !state.hold) throw new NotHeld(`The run ${id} is not held.`);
  if (state.hold.answer) {
    throw new NotHeld(`The run ${id} was ${state.hold.answer.approved ? 'approved' : 'rejected'} already.`);
  }
  const answer = { approved, note: note ?? null, at: now.toUTC().toISO() ?? '', ...(by ? { by } : {}) };
  await run.updateData({ ...run.data, state: { ...state, hold: { ...state.hold, answer } } });
  await wake(runs, id);
}

async function wake(runs: RunsQueue, id: string): Promise<void> {
  for (let attempt = 1; attempt <= wakeAttempts; attempt += 1) {
    const run = await runs.getJob(id);
    if (run?.data.state?.phase !== 'held') return;
    if (await run.isDelayed()) return run.promote();
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, wakePauseMs);
    await promise;
  }
}
