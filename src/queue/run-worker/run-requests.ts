import { DelayedError, type Job } from 'bullmq';
import type { AnyJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import type { WorkerContext } from '../context.ts';
import { type RunData, readRequest } from '../messages/payloads.ts';
import type { RunsQueue } from '../queues.ts';
import { pauseOf } from '../records/pauses.ts';
import { addRun, runIdOf } from './add-run.ts';
import { findReport } from './history.ts';
import { missedReason } from './missed-tick.ts';
import { reportUnstarted } from './report.ts';

/*
 * A tick of the schedule, or what any producer put on the queue, is a request: it adds the run, deduplicated by the name
 * of the job, so that there is one run of a job at a time, whoever asked for it. BullMQ does not allow a deduplicated
 * job to be a child, so a request does not wait as a parent: it delays itself until the run has ended.
 */

/** How often a request looks whether its run has ended. */
const lookEveryMs = 500;

/**
 * Answers a request with the report of its run, or with that of a run that was skipped because another is under way.
 * Nobody waits for the answer to a tick, so it ends as soon as its run is queued.
 */
export async function answerRequest(
  context: WorkerContext,
  maintenance: AnyJob,
  job: Job<RunData>,
  token: string | undefined,
): Promise<Report | null> {
  const { runs } = context.queues;
  const { origin = { trigger: 'queue' as const }, ...request } = readRequest(job.data);
  const id = runIdOf(job);
  const existing = await runs.getJob(id);
  const facts = {
    id: job.id ?? '',
    job: job.name,
    mode: request.mode ?? context.config.mode,
    trigger: origin.trigger,
    requestedBy: request.requestedBy ?? null,
  };
  if (!existing && job.progress === id) {
    // Never a second run for one request.
    const reason = 'the report of its run is no longer kept; raise CARETAKER_KEEP_RUNS';
    return reportUnstarted(maintenance.vendor, { ...facts, status: 'failed', reason });
  }
  function skipped(reason: string): Report {
    context.log.warn({ job: job.name, trigger: origin.trigger, reason }, 'run skipped');
    const at = context.now().toUTC().toISO();
    return reportUnstarted(maintenance.vendor, {
      ...facts,
      startedAt: at,
      finishedAt: at,
      status: 'skipped',
      reason,
    });
  }
  const catchUp = context.config.jobs[job.name]?.catchUp;
  const missed = !existing && catchUp ? missedReason(job, catchUp, context.now()) : undefined;
  if (missed) return skipped(missed);
  const paused = existing ? undefined : await pauseOf(context.queues, job.name);
  if (paused) return skipped(`paused${paused.note ? `: ${paused.note}` : ''}; caretaker resume ${job.name}`);
  if (!existing) {
    const added = await addRun(runs, job.name, request, origin, id);
    if (added.status === 'already-running') {
      return skipped(await overlapReason(runs, added.id));
    }
    await job.updateProgress(id);
  }
  if (origin.trigger === 'schedule') return null;
  if (existing?.finishedOn !== undefined) return (await findReport(runs, id)) ?? null;
  await job.moveToDelayed(context.now().toMillis() + lookEveryMs, token);
  throw new DelayedError();
}

/** Why a run did not begin, and what to do when the one in its place waits for a person. */
export async function overlapReason(runs: RunsQueue, id: string): Promise<string> {
  const hold = (await runs.getJob(id))?.data.state?.hold;
  return hold && !hold.answer
    ? `overlap: run ${id} is held; approve or reject it`
    : `overlap: run ${id} is under way`;
}
