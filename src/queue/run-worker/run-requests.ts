import { DelayedError } from 'bullmq';
import { OperatorError } from '../../domain/operator-error.ts';
import type { AnyJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { aliveWorkers } from '../alive-workers.ts';
import { waitForVendor } from '../catch-up/catch-up.ts';
import { missedReason } from '../catch-up/missed-tick.ts';
import type { WorkerContext } from '../context.ts';
import { lookAtRedisClock } from '../left-to-others/clocks.ts';
import type { Asked } from '../messages/asked.ts';
import type { SentRequest } from '../messages/run-request.ts';
import { stateToShow } from '../messages/run-state.ts';
import type { RunJob } from '../queues.ts';
import { findPause } from '../records/find-pause.ts';
import { noteRequest } from '../records/run-act.ts';
import { findRun } from '../records/runs/find-run.ts';
import { idOfRun, intendRun, noteStarted, startedBy } from '../records/runs/run-of-request.ts';
import { unrecoverable } from '../unrecoverable.ts';
import { addRun } from './add-run.ts';
import { findReport } from './find-report.ts';
import { reportUnstarted } from './report.ts';
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

/** The report of what does not begin; `origin.skipped` says why. */
export function reportSkipped(
  context: WorkerContext,
  maintenance: AnyJob,
  queueJob: RunJob,
  request: SentRequest,
): Report {
  const facts = requestFacts(context, queueJob, request);
  const reason = request.origin?.skipped ?? null;
  context.log.warn({ job: facts.job, trigger: facts.trigger, reason }, 'run skipped');
  const at = context.now().toUTC().toISO();
  return reportUnstarted(
    maintenance.vendor,
    { ...facts, startedAt: at, finishedAt: at, status: 'skipped', reason },
    request.reason ?? null,
  );
}

function requestFacts({ config }: WorkerContext, queueJob: RunJob, request: SentRequest) {
  return {
    id: queueJob.id ?? '',
    job: queueJob.name,
    mode: request.mode ?? config.mode,
    trigger: request.origin?.trigger ?? ('queue' as const),
    requestedBy: request.requestedBy ?? null,
  };
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
  { mode }: Asked,
): Promise<boolean> {
  const isStarted = startedBy(queueJob) !== undefined;
  if (mode !== 'enforce' || ceiling.mode === 'enforce' || isStarted) return true;
  const writers = (await aliveWorkers(queues)).filter((one) => one.mode === 'enforce' && !one.command);
  if (writers.length > 0) return false;
  throw unrecoverable(new AboveCeiling(queueJob.name));
}
