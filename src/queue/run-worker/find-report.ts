import { findJob, jobNames } from '../../jobs/index.ts';
import type { Report } from '../../runs/report.ts';
import { UnreadableRecord } from '../messages/parse.ts';
import { readHead } from '../messages/payloads.ts';
import { readReport } from '../messages/report.ts';
import { readState } from '../messages/run-state.ts';
import type { RunJob, RunsQueue } from '../queues.ts';
import { standingRun } from '../records/find-run.ts';
import { readRecord } from '../records/run-record.ts';
import { startedBy } from './add-run.ts';
import { jobById } from './job-by-id.ts';
import { reportRun, reportUnstarted } from './report.ts';

/** The newest runs and skipped requests, those under way first. */
export async function recentRuns(runs: RunsQueue, count: number): Promise<Report[]> {
  const standing = await Promise.all(jobNames.map((job) => standingRun(runs, job)));
  const open = standing
    .filter((run) => run !== undefined)
    .sort((one, other) => other.timestamp - one.timestamp);
  const finished = await runs.getJobs(['completed', 'failed'], 0, count * 2);
  const newestFirst = finished
    .filter(Boolean)
    .sort((one, other) => (other.finishedOn ?? 0) - (one.finishedOn ?? 0));
  const reports: Report[] = [];
  for (const queueJob of [...open, ...newestFirst]) {
    if (reports.length >= count) break;
    const report = await reportOf(runs, queueJob);
    // A request hands on the report of its run, and a run may end between two looks; it is listed once.
    const isListed = reports.some(({ run }) => run.id === queueJob.id);
    if (report && report.run.id === queueJob.id && !isListed) reports.push(report);
  }
  return reports;
}

/** The report of one run, or of the run that a request started; also of a run still under way. */
export async function findReport(runs: RunsQueue, id: string): Promise<Report | undefined> {
  const queueJob = await jobById(runs, id);
  if (!queueJob || !hasStartedRun(queueJob)) return queueJob && (await reportOf(runs, queueJob));
  const run = await runs.getJob(startedBy(queueJob) ?? '');
  return run && (await reportOf(runs, run));
}

/** A tick ends as soon as its run is queued, and has no report of its own. */
function hasStartedRun(queueJob: RunJob): boolean {
  const { finishedOn, failedReason, returnvalue } = queueJob;
  return finishedOn !== undefined && !failedReason && !returnvalue;
}

/** The report of what is on the queue of runs; undefined for a tick whose run makes its own. */
export async function reportOf(runs: RunsQueue, queueJob: RunJob): Promise<Report | undefined> {
  if (hasStartedRun(queueJob)) return undefined;
  const isOver = queueJob.finishedOn !== undefined;
  const report = readReport(queueJob.returnvalue);
  if (report) return report;
  const record = await readRecord(runs, queueJob.id ?? '');
  if (record) queueJob.data = record.data;
  const request = readHead(queueJob.data);
  const maintenance = findJob(queueJob.name);
  let reason = queueJob.failedReason ?? null;
  if (isOver && queueJob.returnvalue) reason ??= 'the report of this run in Redis cannot be read';
  let mode = request.mode ?? 'observe';
  try {
    const state = record ? readState(queueJob.data) : undefined;
    if (maintenance && state && !isOver) {
      return await reportRun(maintenance, { run: queueJob, request, state }, undefined);
    }
    mode = state?.mode ?? mode;
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    reason ??= error.message;
  }
  const facts = {
    id: queueJob.id ?? '',
    job: queueJob.name,
    mode,
    trigger: request.origin?.trigger ?? 'queue',
    requestedBy: request.requestedBy ?? null,
    status: isOver ? ('failed' as const) : ('running' as const),
    reason,
  };
  return reportUnstarted(maintenance?.vendor ?? 'none', facts, request.reason ?? null);
}
