import { DelayedError } from 'bullmq';
import { OperatorError } from '../../domain/operator-error.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { aliveWorkers } from '../alive-workers.ts';
import { waitForVendor } from '../catch-up/catch-up.ts';
import { missedReason } from '../catch-up/missed-tick.ts';
import type { WorkerContext } from '../context.ts';
import { readRequest, type SentRequest } from '../messages/payloads.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { RunJob } from '../queues.ts';
import { describePause, pauseOf } from '../records/pauses.ts';
import { noteRequest } from '../records/run-act.ts';
import { unrecoverable } from '../unrecoverable.ts';
import { addRun, runIdOf } from './add-run.ts';
import { findReport } from './find-report.ts';
import { reportUnstarted } from './report.ts';
import { overlapReason } from './standing-run.ts';

/*
 * A tick of the schedule, or what any producer put on the queue, is a run request: it adds the run, deduplicated by the name
 * of the job, so that there is one run of a job at a time, whoever asked for it. BullMQ does not allow a deduplicated
 * job to be a child, so a request does not wait as a parent: it delays itself until the run has ended.
 */

/** How often a request looks whether its run has ended. */
const lookEveryMs = 500;

/**
 * Returns the report of the run that a request asks for, or that of a run that was skipped because another is under way.
 * Nobody waits for the report of a tick, so it ends as soon as its run is queued.
 */
export async function startRequestedRun(
  context: WorkerContext,
  maintenance: AnyJob,
  queueJob: RunJob,
  token: string | undefined,
): Promise<Report | null> {
  const { runs } = context.queues;
  const { origin = { trigger: 'queue' as const }, ...request } = readRequest(queueJob.data);
  const id = runIdOf(queueJob);
  const existing = await runs.getJob(id);
  const job = queueJob.name;
  const facts = {
    id: queueJob.id ?? '',
    job,
    mode: request.mode ?? context.config.mode,
    trigger: origin.trigger,
    requestedBy: request.requestedBy ?? null,
  };
  const unstarted = (ended: Parameters<typeof reportUnstarted>[1]) =>
    reportUnstarted(maintenance.vendor, ended, request.reason ?? null);
  if (!existing && queueJob.progress === id) {
    // Never a second run for one request.
    const reason = 'the report of its run is no longer kept; raise CARETAKER_KEEP_RUNS';
    return unstarted({ ...facts, status: 'failed', reason });
  }
  // A tick is nobody's.
  const isDemanded = origin.trigger === 'queue';
  async function skipped(reason: string): Promise<Report> {
    if (isDemanded) await noteRequest(context, { job, request }, 'skipped');
    context.log.warn({ job, trigger: origin.trigger, reason }, 'run skipped');
    const at = context.now().toUTC().toISO();
    return unstarted({ ...facts, startedAt: at, finishedAt: at, status: 'skipped', reason });
  }
  if (origin.skipped !== undefined) return skipped(origin.skipped);
  const catchUp = context.config.jobs[job]?.catchUp;
  const missed = !existing && catchUp ? missedReason(queueJob, catchUp, context.now()) : undefined;
  if (missed) return skipped(missed);
  if (!existing && origin.catchUp !== undefined) {
    const time = await waitForVendor(context, maintenance, queueJob, { dueAt: origin.catchUp, token });
    if (time === 'done') return null;
    if (time !== 'now') return skipped(time.late);
  }
  const paused = existing ? undefined : await pauseOf(context.queues, job);
  if (paused) {
    const { problem, advice } = describePause(paused);
    return skipped(`${problem} ${advice}`);
  }
  if (!existing) {
    const added = await addRun(runs, job, request, origin, id);
    if (added.status === 'already-running') {
      const other = await runs.getJob(added.id);
      return skipped(overlapReason(added.id, stateToShow(other?.data), context.now()));
    }
    await queueJob.updateProgress(id);
    if (isDemanded) await noteRequest(context, { job, request }, 'queued', id);
  }
  if (origin.trigger === 'schedule') return null;
  if (existing?.finishedOn !== undefined) return (await findReport(runs, id)) ?? null;
  await queueJob.moveToDelayed(context.now().toMillis() + lookEveryMs, token);
  throw new DelayedError();
}

/** What a message asks for and nobody here may do. To try it again would not help. */
class AboveCeiling extends OperatorError {
  override readonly name = 'AboveCeiling';

  constructor(job: string) {
    super({
      problem: `This message asks for ${job} in enforce, and every worker here only observes (CARETAKER_MODE=observe).`,
      advice:
        'Send it without a mode or with mode observe, or start the workers with CARETAKER_MODE=enforce.',
    });
  }
}

/**
 * Whether a request is for this process to start; one that asks for enforce is left to a worker that may write.
 *
 * @throws UnrecoverableError when there is no such worker
 */
export async function isForUs(
  { ceiling, queues }: WorkerContext,
  queueJob: RunJob,
  { mode, origin }: SentRequest,
): Promise<boolean> {
  const isOver = typeof queueJob.progress === 'string' || origin?.skipped !== undefined;
  if (mode !== 'enforce' || ceiling.mode === 'enforce' || isOver) return true;
  const writers = (await aliveWorkers(queues)).filter((one) => one.mode === 'enforce' && !one.command);
  if (writers.length > 0) return false;
  throw unrecoverable(new AboveCeiling(queueJob.name));
}
