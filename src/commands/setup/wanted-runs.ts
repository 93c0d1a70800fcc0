import { DateTime } from 'luxon';
import type { RunsQueue } from '../../queue/queues.ts';
import { recentRuns } from '../../queue/run-worker/reports/find-report.ts';
import { outcomeOf, type Report } from '../../runs/report.ts';
import { UsageError } from '../usage-error.ts';

/** Which runs somebody asks for. */
export interface RunFilters {
  readonly job?: string;
  readonly status?: string;
  /** Epoch milliseconds: only runs that were started, or would have been, since then. */
  readonly since?: number;
}

/** Tells the runs that somebody asks for; undefined where all are. */
export function wantedRuns({ job, status, since }: RunFilters): ((report: Report) => boolean) | undefined {
  if (job === undefined && status === undefined && since === undefined) return undefined;
  return (report) =>
    (job === undefined || report.run.job === job) &&
    (status === undefined || statusOf(report) === status) &&
    (since === undefined || momentOf(report) >= since);
}

/** The status of a run as the list shows it: one that nobody has taken up yet is queued. */
export function statusOf(report: Report): Report['run']['status'] | 'queued' {
  return outcomeOf(report) === 'queued' ? 'queued' : report.run.status;
}

/** The id of the newest run of those. @throws UsageError when there is none */
export async function latestRun(runs: RunsQueue, filters: RunFilters): Promise<string> {
  const wanted = wantedRuns(filters);
  const [latest] = await recentRuns(runs, 1, wanted);
  if (latest) return latest.run.id;
  if (wanted) throw new UsageError('There are no such runs.', 'List all of them with: caretaker runs');
  throw new UsageError('There is no run yet.', 'Start one with: caretaker run <job>');
}

/** When a run began; one that never began, when it ended; one that waits is of now. */
function momentOf(report: Report): number {
  if (statusOf(report) === 'queued') return Number.POSITIVE_INFINITY;
  const { startedAt, finishedAt } = report.run;
  return DateTime.fromISO(startedAt ?? finishedAt ?? '').toMillis();
}
