import { findJob, jobNames } from '../../../jobs/index.ts';
import type { Report } from '../../../runs/report.ts';
import { UnreadableRecord } from '../../messages/parse.ts';
import { readReport } from '../../messages/report.ts';
import { namesUsers, readHead } from '../../messages/run-request.ts';
import { readState } from '../../messages/run-state.ts';
import type { RunJob, RunsQueue } from '../../queues.ts';
import { standingRun } from '../../records/runs/find-run.ts';
import { jobById } from '../../records/runs/job-by-id.ts';
import { startedBy } from '../../records/runs/run-of-request.ts';
import { readRecord } from '../../records/runs/run-record.ts';
import { shownName } from '../../shown-name.ts';
import { reportRun, reportUnstarted } from './report.ts';

/**
 * The newest runs and skipped requests, those under way first.
 *
 * @param isWanted only these are looked for, as far back as Redis keeps runs; is also told whether a run is over named users
 */
export async function recentRuns(
  runs: RunsQueue,
  count: number,
  isWanted?: (report: Report, isNamed: boolean) => boolean,
): Promise<Report[]> {
  const found = new Map<string, Report>();
  for await (const queueJob of newestFirst(runs, isWanted ? Number.POSITIVE_INFINITY : count * 2)) {
    if (found.size >= count) break;
    const report = await reportOf(runs, queueJob);
    // A request hands on the report of its run, and a run may end between two looks; it is listed once.
    if (!report || report.run.id !== queueJob.id) continue;
    if (isWanted?.(report, namesUsers(queueJob.data)) ?? true) found.set(report.run.id, report);
  }
  return [...found.values()];
}

/** How many of the finished are read at once. */
const readAtOnce = 500;

/** Runs under way, then as many of the finished of each kind as asked for. */
async function* newestFirst(runs: RunsQueue, finished: number): AsyncGenerator<RunJob> {
  const standing = await Promise.all(jobNames.map((job) => standingRun(runs, job)));
  yield* standing.filter((run) => run !== undefined).sort((one, other) => other.timestamp - one.timestamp);
  for (let start = 0; start < finished; start += readAtOnce) {
    const end = Math.min(finished, start + readAtOnce) - 1;
    const some = (await runs.getJobs(['completed', 'failed'], start, end)).filter(Boolean);
    yield* some.sort((one, other) => (other.finishedOn ?? 0) - (one.finishedOn ?? 0));
    if (some.length === 0) return;
  }
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

/** The report of what is on the queue of runs; undefined for a tick that lies ahead, or whose run makes its own. */
export async function reportOf(runs: RunsQueue, queueJob: RunJob): Promise<Report | undefined> {
  if (hasStartedRun(queueJob)) return undefined;
  const isOver = queueJob.finishedOn !== undefined;
  // BullMQ keeps the next tick of each schedule as a job of its own, which has not asked for anything yet.
  if (!isOver && queueJob.repeatJobKey !== undefined) return undefined;
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
      return await reportRun(
        maintenance,
        { run: queueJob, request, state, timeZone: runs.timeZone },
        undefined,
      );
    }
    mode = state?.mode ?? mode;
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    reason ??= error.message;
  }
  const facts = {
    id: queueJob.id ?? '',
    job: shownName(queueJob.name),
    mode,
    trigger: request.origin?.trigger ?? 'queue',
    requestedBy: request.requestedBy ?? null,
    status: isOver ? ('failed' as const) : ('running' as const),
    reason,
  };
  return reportUnstarted(maintenance?.vendor ?? 'none', facts, request.reason ?? null);
}
