import { type Job, WaitingChildrenError } from 'bullmq';
import type { AnyJob } from '../jobs/index.ts';
import type { Report } from '../runs/report.ts';
import { addRun } from './add-run.ts';
import type { Crew } from './crew.ts';
import { type RunData, readRequest } from './payloads.ts';
import { reportUnstarted } from './run-report.ts';

/*
 * A tick of the schedule, or what any producer put on the queue, is a request: it adds the run as its child, deduplicated
 * by the name of the job, and waits for its report. One run of a job at a time, whoever asked for it.
 */

/** Answers a request with the report of its run, or with that of a run that was skipped because another is under way. */
export async function answerRequest(
  crew: Crew,
  maintenance: AnyJob,
  job: Job<RunData>,
  token: string | undefined,
): Promise<Report | null> {
  const [answer] = Object.values(await job.getChildrenValues<Report | null>());
  if (answer !== undefined) return answer;
  const [failure] = Object.values(await job.getIgnoredChildrenFailures());
  const { origin = { trigger: 'queue' as const }, ...request } = readRequest(job.data);
  const facts = {
    job: job.name,
    mode: request.mode ?? crew.config.mode,
    trigger: origin.trigger,
    requestedBy: request.requestedBy ?? null,
  };
  if (failure !== undefined) {
    return reportUnstarted(maintenance.vendor, {
      ...facts,
      id: job.id ?? '',
      status: 'failed',
      reason: failure,
    });
  }

  const run = await addRun(crew.queues.runs, job.name, request, origin, crew.now(), job);
  if (run.status === 'queued') {
    if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
    return answerRequest(crew, maintenance, job, token);
  }
  const reason = `overlap: run ${run.id} is under way`;
  crew.log.warn({ job: job.name, run: run.id, trigger: origin.trigger }, 'run skipped');
  const at = crew.now().toUTC().toISO();
  return reportUnstarted(maintenance.vendor, {
    ...facts,
    id: job.id ?? '',
    startedAt: at,
    finishedAt: at,
    status: 'skipped',
    reason,
  });
}
