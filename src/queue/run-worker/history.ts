import type { Job } from 'bullmq';
import { findJob } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import type { RunData } from '../messages/payloads.ts';
import type { RunsQueue } from '../queues.ts';
import { isRun, runIdOf } from './add-run.ts';
import { jobById } from './job-by-id.ts';
import { reportRun, reportUnstarted } from './report.ts';

const underWay = ['active', 'waiting', 'waiting-children', 'delayed', 'prioritized'] as const;

/** The newest runs and skipped requests, those under way first. */
export async function recentRuns(runs: RunsQueue, count: number): Promise<Report[]> {
  const open = (await runs.getJobs([...underWay])).filter((job) => job && isRun(job));
  const finished = await runs.getJobs(['completed', 'failed'], 0, count * 2);
  const newestFirst = finished
    .filter(Boolean)
    .sort((one, other) => (other.finishedOn ?? 0) - (one.finishedOn ?? 0));
  const reports: Report[] = [];
  for (const job of [...open, ...newestFirst]) {
    if (reports.length >= count) break;
    const report = await reportOf(job);
    // A request hands on the report of its run; that is listed once.
    if (report && report.run.id === job.id) reports.push(report);
  }
  return reports;
}

/** The report of one run, or of the run that a request started; also of a run still under way. */
export async function findReport(runs: RunsQueue, id: string): Promise<Report | undefined> {
  const job = await jobById(runs, id);
  if (!job || !isAnsweredTick(job)) return job && (await reportOf(job));
  const run = await runs.getJob(runIdOf(job));
  return run && (await reportOf(run));
}

/** A tick ends as soon as its run is queued, and has no report of its own. */
function isAnsweredTick(job: Job): boolean {
  return !isRun(job) && job.finishedOn !== undefined && !job.failedReason && !job.returnvalue;
}

/** The report of what is on the queue of runs; undefined for a tick whose run makes its own. */
export async function reportOf(job: Job<RunData, Report | null>): Promise<Report | undefined> {
  if (job.returnvalue) return job.returnvalue;
  if (isAnsweredTick(job)) return undefined;
  const { state, origin, requestedBy = null, mode = 'observe' } = job.data ?? {};
  const maintenance = findJob(job.name);
  if (maintenance && state && job.finishedOn === undefined) {
    return reportRun(maintenance, job, state, undefined);
  }
  return reportUnstarted(maintenance?.vendor ?? 'none', {
    id: job.id ?? '',
    job: job.name,
    mode: state?.mode ?? mode,
    trigger: origin?.trigger ?? 'queue',
    requestedBy,
    status: job.finishedOn === undefined ? 'running' : 'failed',
    reason: job.failedReason ?? null,
  });
}
