import { length } from '../../../domain/quantities.ts';
import type { Report } from '../../../runs/report.ts';
import type { JobState } from '../job-states.ts';
import { type Attention, look, now, withoutStop } from './attention.ts';

/** A worker that is up takes a tick sooner than this. */
const lateAfterMs = 60_000;

/** Whether no worker has taken the tick of a job that is due. */
export function isLate({ enabled, lagMs }: Pick<JobState, 'enabled' | 'lagMs'>): boolean {
  return enabled && lagMs > lateAfterMs;
}

/** Runs that should have been there and were not. */
export function missing(state: JobState): Attention[] {
  const { job, lagMs, skipped, pause } = state;
  const late = isLate(state)
    ? [
        now(
          'late',
          `No worker has taken the tick of ${job}: it is ${length(lagMs)} late. Look at the workers.`,
        ),
      ]
    : [];
  // What a pause skips is told by the pause, and an overlap is a run under way.
  if (!skipped || pause || isOverlap(state, skipped)) return late;
  const text = `The last run of ${job} was skipped: ${withoutStop(skipped.run.reason)}.`;
  return [...late, { ...look('skipped run', text), run: skipped.run.id }];
}

/** Whether a run of the job was under way when another one was skipped. */
function isOverlap({ open, last }: JobState, { run: skipped }: Report): boolean {
  const at = Date.parse(skipped.finishedAt ?? skipped.startedAt ?? '');
  return [open, last].some((report) => {
    if (!report?.run.startedAt || Date.parse(report.run.startedAt) > at) return false;
    return report.run.finishedAt === null || Date.parse(report.run.finishedAt) >= at;
  });
}
