import { DateTime } from 'luxon';
import type { RunsQueue } from '../../queue/queues.ts';
import { recentRuns } from '../../queue/run-worker/find-report.ts';
import type { Report } from '../../runs/report.ts';
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
  return ({ run }) =>
    (job === undefined || run.job === job) &&
    (status === undefined || run.status === status) &&
    (since === undefined || momentOf(run) >= since);
}

/** The id of the newest run of those. @throws UsageError when there is none */
export async function latestRun(runs: RunsQueue, filters: RunFilters): Promise<string> {
  const wanted = wantedRuns(filters);
  const [latest] = await recentRuns(runs, 1, wanted);
  if (latest) return latest.run.id;
  if (wanted) throw new UsageError('There are no such runs.', 'List all of them with: caretaker runs');
  throw new UsageError('There is no run yet.', 'Start one with: caretaker run <job>');
}

/** When a run began; one that never began, when it ended. */
function momentOf({ startedAt, finishedAt }: Report['run']): number {
  return DateTime.fromISO(startedAt ?? finishedAt ?? '').toMillis();
}
