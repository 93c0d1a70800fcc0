import type { Mode } from '../../config/config.ts';
import { namesUsers } from '../messages/payloads.ts';
import { readReport } from '../messages/report.ts';
import type { RunsQueue } from '../queues.ts';

/** How many finished jobs of the queue are looked through for runs of one job. */
const lookedThrough = 500;

/** What is usual for a job: medians of its last runs over the whole roster in the same mode. */
export interface Baseline {
  readonly selected: number;
  readonly planned: number;
  readonly durationMs: number;
}

/** What is usual for a job, out of the runs that BullMQ keeps; undefined before its first such run. */
export async function readBaseline(
  runs: RunsQueue,
  job: string,
  mode: Mode,
  history: number,
): Promise<Baseline | undefined> {
  const finished = await runs.getJobs(['completed'], 0, lookedThrough);
  const reports = finished
    .filter((queueJob) => queueJob?.name === job && !namesUsers(queueJob.data))
    .flatMap(({ id, returnvalue }) => {
      const report = readReport(returnvalue);
      return report?.run.id === id && report?.run.status === 'completed' && report.run.mode === mode
        ? [report]
        : [];
    })
    .slice(0, history);
  if (reports.length === 0) return undefined;
  return {
    selected: median(reports.map(({ users }) => users.selected)),
    planned: median(reports.map(({ actions }) => actions.planned)),
    durationMs: median(
      reports.map(({ run }) => Date.parse(run.finishedAt ?? '') - Date.parse(run.startedAt ?? '')),
    ),
  };
}

/** The median; of an even number of values the upper one, so that it is always a value that was there. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
