import { DateTime } from 'luxon';
import { mayWriteFor } from '../../../clients/ceiling.ts';
import type { Mode } from '../../../config/config.ts';
import { timeIn } from '../../../domain/shown-time.ts';
import { findJob } from '../../../jobs/index.ts';
import { aliveWorkers } from '../../alive-workers.ts';
import type { WorkerContext } from '../../context.ts';
import { otherAddress } from '../../left-to-others/vendor-address.ts';
import { readHead } from '../../messages/run-request.ts';
import { otherFormat, type RunState, runFormat, stateToShow } from '../../messages/run-state.ts';
import { standingRun } from '../../records/runs/find-run.ts';
import { stopReason } from '../../stop-run.ts';

/*
 * A run of a job keeps every other one of that job from beginning, until it has its report. Whoever wants to begin one
 * looks what stands there first. What is to be done about it follows from its state, and from who is there.
 */

/** A run, as far as it can be read. */
interface Standing {
  readonly mode: Mode;
  /** Undefined before it has begun. */
  readonly state: RunState | undefined;
  readonly stopped: boolean;
}

/** What is to be done about a run that stands in the way of another. */
export type Verdict =
  /** It is to be carried on to its report. */
  | { readonly kind: 'settle'; readonly id: string; readonly because: string }
  /** It keeps the other from beginning; `reason` is for people, with what to do. */
  | { readonly kind: 'skip'; readonly id: string; readonly reason: string };

/** Whether a run may go on only where writing is allowed. One that ends without another write may be ended by anybody. */
export function needsWriter(standing: Standing, now: DateTime): boolean {
  return standing.mode === 'enforce' && asksVendor(standing, now);
}

/** Whether a run still has something to ask of its vendor, as far as anybody knows. */
export function asksVendor({ state, stopped }: Omit<Standing, 'mode'>, now: DateTime): boolean {
  if (stopped || state?.ending || state?.phase === 'report') return false;
  const { hold, phase } = state ?? {};
  return phase === 'held' ? hold?.answer?.approved === true && !isExpired(hold, now) : true;
}

/** What stands in the way of another run of a job; undefined when nothing does. */
export async function lookAtStandingRun(context: WorkerContext, job: string): Promise<Verdict | undefined> {
  const { runs } = context.queues;
  const run = await standingRun(runs, job);
  if (!run?.id) return undefined;
  const { id } = run;
  const state = stateToShow(run.data);
  const now = context.now().setZone(context.config.timeZone);
  if (isUndecided(state, now)) return { kind: 'skip', id, reason: overlapReason(id, state, now) };
  const mode = state?.mode ?? readHead(run.data).mode ?? 'observe';
  const standing = { mode, state, stopped: stopReason(run) !== undefined };
  const format = otherFormat(run.data) ?? String(runFormat);
  const writes = needsWriter(standing, now);
  const vendor = findJob(job)?.vendor;
  const elsewhere = vendor && asksVendor(standing, now) && otherAddress(context.config, vendor, state);
  if (elsewhere) {
    const reason = `overlap: run ${id} is for the vendor at ${elsewhere}, and this process has another address`;
    return { kind: 'skip', id, reason };
  }
  if (await isAnybodyAtWork(context, { job, format, writes }))
    return { kind: 'skip', id, reason: overlapReason(id, state, now) };
  if (writes && !mayWriteFor(context.ceiling, id)) {
    const reason = `overlap: run ${id} waits for a process in enforce: CARETAKER_MODE=enforce caretaker run ${job}, or end it: caretaker stop ${id}`;
    return { kind: 'skip', id, reason };
  }
  return { kind: 'settle', id, because: reasonToSettle(state, now) };
}

function reasonToSettle(state: RunState | undefined, now: DateTime): string {
  if (!state) return 'nobody has begun it yet';
  const { hold, phase } = state;
  if (phase !== 'held' || !hold) return 'the process that worked on it is gone';
  if (hold.answer) return `it was ${hold.answer.approved ? 'approved' : 'rejected'}`;
  return isExpired(hold, now) ? 'nobody decided about it in time' : 'it is held';
}

/** Why a run does not begin: for people, with what to do. */
export function overlapReason(id: string, state: RunState | undefined, now: DateTime): string {
  return isUndecided(state, now)
    ? `overlap: run ${id} is held until ${timeIn(now.zoneName ?? 'UTC', state?.hold?.until ?? '')}: approve it or reject it`
    : `overlap: run ${id} is under way`;
}

/** Whether a run waits for a person, and not for a process. */
export function isUndecided(state: RunState | undefined, now: DateTime): boolean {
  const { phase, hold } = state ?? {};
  return phase === 'held' && hold !== undefined && !hold.answer && !isExpired(hold, now);
}

/** A hold that was decided in time is not over. */
function isExpired({ until, answer }: NonNullable<RunState['hold']>, now: DateTime): boolean {
  return !answer && now >= DateTime.fromISO(until);
}

interface Work {
  readonly job: string;
  readonly format: string;
  readonly writes: boolean;
}

/** Whether anybody else carries on a run; commands for other jobs do not, and whoever observes does not write. */
async function isAnybodyAtWork(context: WorkerContext, { job, format, writes }: Work): Promise<boolean> {
  const others = (await aliveWorkers(context.queues)).filter(
    (one) => one.name !== context.name && one.format === format,
  );
  return others.some(({ command, mode }) =>
    command === undefined ? !writes || mode === 'enforce' : command === job,
  );
}
