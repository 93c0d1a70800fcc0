import { DelayedError } from 'bullmq';
import type { AnyJob } from '../../../jobs/index.ts';
import type { Report } from '../../../runs/report.ts';
import { waitForVendor } from '../../catch-up/catch-up.ts';
import { missedReason } from '../../catch-up/missed-tick.ts';
import type { WorkerContext } from '../../context.ts';
import { lookAtRedisClock } from '../../left-to-others/clocks.ts';
import type { Asked } from '../../messages/asked.ts';
import { stateToShow } from '../../messages/run-state.ts';
import type { RunJob } from '../../queues.ts';
import { findPause } from '../../records/find-pause.ts';
import { noteRequest } from '../../records/run-act.ts';
import { findRun } from '../../records/runs/find-run.ts';
import { idOfRun, intendRun, noteStarted, startedBy } from '../../records/runs/run-of-request.ts';
import { findReport } from '../reports/find-report.ts';
import { reportUnstarted } from '../reports/report.ts';
import { addRun } from './add-run.ts';
import { reportSkipped, requestFacts } from './report-skipped.ts';
import { overlapReason } from './standing-run.ts';

/*
 * A tick of the schedule, or what any producer put on the queue, is a run request: it adds the run, which claims its
 * job, so that there is one run of a job at a time, whoever asked for it. A run that may be skipped is no child, so a
 * request does not wait as a parent: it delays itself until the run has ended.
 */

/** How often a request looks whether its run has ended. */
const lookEveryMs = 500;

/** A request in the hands of this worker. */
interface RequestInHand {
  readonly context: WorkerContext;
  readonly maintenance: AnyJob;
  /** Its job on the queue of runs. */
  readonly queueJob: RunJob;
  readonly token: string | undefined;
}

/**
 * Returns the report of the run that a request asks for, or that of a run that was skipped because another is under way.
 * Nobody waits for the report of a tick, so it ends as soon as its run is queued.
 */
export async function startRequestedRun(
  { context, maintenance, queueJob, token }: RequestInHand,
  asked: Asked,
): Promise<Report | null> {
  const { runs } = context.queues;
  const { origin, ...request } = asked;
  const job = queueJob.name;
  const isStarted = startedBy(queueJob) !== undefined;
  const known = idOfRun(queueJob);
  const existing = known === undefined ? undefined : await runs.getJob(known);
  if (isStarted && !existing) {
    // Never a second run for one request.
    const reason = 'the report of its run is no longer kept; raise CARETAKER_KEEP_RUNS';
    const facts = requestFacts(context, queueJob, asked);
    return reportUnstarted(
      maintenance.vendor,
      { ...facts, status: 'failed', reason },
      request.reason ?? null,
    );
  }
  // A tick is nobody's.
  const isDemanded = origin.trigger === 'queue';
  async function skipped(reason: string): Promise<Report> {
    if (isDemanded) await noteRequest(context, { job, request }, 'skipped');
    return reportSkipped(context, maintenance, queueJob, {
      ...asked,
      origin: { ...origin, skipped: reason },
    });
  }
  const trouble = existing ? undefined : await lookAtRedisClock(context);
  if (trouble) {
    const reason = `${trouble.problem} ${trouble.advice}`;
    context.log.error({ job, trigger: origin.trigger, reason }, 'run stopped: the clocks differ');
    const facts = requestFacts(context, queueJob, asked);
    return reportUnstarted(
      maintenance.vendor,
      { ...facts, status: 'stopped', reason },
      request.reason ?? null,
    );
  }
  const catchUp = context.config.jobs[job]?.catchUp;
  const missed =
    !existing && catchUp
      ? missedReason(queueJob, catchUp, context.now().setZone(context.config.timeZone))
      : undefined;
  if (missed) return skipped(missed);
  if (!existing && origin.catchUp !== undefined) {
    const time = await waitForVendor(context, maintenance, queueJob, { dueAt: origin.catchUp, token });
    if (time === 'done') return null;
    if (time !== 'now') return skipped(time.late);
  }
  // Users who are named are in no need of the roster.
  const rosterVendor = request.users ? undefined : context.rosterVendor;
  const concerned = { whats: [job], rosterVendor };
  const paused = existing ? undefined : await findPause(context.queues, concerned, context.config.timeZone);
  if (paused) return skipped(`${paused.problem} ${paused.advice}`);
  const id = known ?? (await intendRun(queueJob, context.now()));
  if (!existing) {
    const added = await addRun(runs, job, request, origin, id);
    if (added.status === 'already-running') {
      const now = context.now().setZone(context.config.timeZone);
      const other = await findRun(runs, added.id);
      return skipped(overlapReason(added.id, stateToShow(other?.data), now));
    }
  }
  if (!isStarted) {
    await noteStarted(queueJob, id);
    if (isDemanded) await noteRequest(context, { job, request }, 'queued', id);
  }
  if (origin.trigger === 'schedule') return null;
  if (existing?.finishedOn !== undefined) return (await findReport(runs, id)) ?? null;
  await queueJob.moveToDelayed(context.now().toMillis() + lookEveryMs, token);
  throw new DelayedError();
}
