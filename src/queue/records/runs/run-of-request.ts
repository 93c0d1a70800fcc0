import type { DateTime } from 'luxon';
import { newRunId } from '../../messages/run-id.ts';
import type { RunJob } from '../../queues.ts';

/*
 * A request keeps the id of its run as its progress, which whoever sends it cannot set: first as what is to be, so that
 * it is found again after a crash, and then as what is.
 */

interface Intended {
  readonly intended: string;
}

/** The id of the run that a request has begun; undefined before that. */
export function startedBy({ progress }: Pick<RunJob, 'progress'>): string | undefined {
  return typeof progress === 'string' ? progress : undefined;
}

/** The id that the run of a request has, or is to have; undefined before that was decided. */
export function idOfRun(queueJob: Pick<RunJob, 'name' | 'progress'>): string | undefined {
  const { name, progress } = queueJob;
  const note = typeof progress === 'object' && 'intended' in progress ? progress.intended : undefined;
  const intended = typeof note === 'string' && note.startsWith(`${name}-`) ? note : undefined;
  return startedBy(queueJob) ?? intended;
}

/** Decides what id the run of a request is to have. */
export async function intendRun(queueJob: RunJob, now: DateTime): Promise<string> {
  const id = newRunId(queueJob.name, now);
  await queueJob.updateProgress({ intended: id } satisfies Intended);
  return id;
}

/** Notes that the run of a request is there. */
export async function noteStarted(queueJob: RunJob, id: string): Promise<void> {
  await queueJob.updateProgress(id);
}
