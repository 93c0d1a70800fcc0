import type { WorkerContext } from '../context.ts';
import type { RunJob } from '../queues.ts';
import { lookAtRedisClock } from './clocks.ts';
import { type Leaving, putBack } from './put-back.ts';
import type { WaitNotes } from './wait-notes.ts';

/** The process that leaves a run to others, and where it notes that. */
export interface LeavingHelpers {
  readonly context: WorkerContext;
  readonly waitNotes: WaitNotes;
}

/** A run that another process has to begin is offered again soon. */
export const notOurs: Leaving = { hiddenMs: 250, restMs: 0 };
/** One that waits for a process which may write, or has the right address or clock. */
export const notAllowed: Leaving = { hiddenMs: 2_000, restMs: 0 };

/** Puts back what a wrong clock would decide about, and says so once. */
export async function leaveToRightClock(
  { context, waitNotes }: LeavingHelpers,
  queueJob: RunJob,
  token: string | undefined,
): Promise<void> {
  const trouble = await lookAtRedisClock(context);
  if (!trouble) return;
  waitNotes.clock(queueJob.id ?? '', queueJob.name, trouble);
  await putBack(context, queueJob, token, notAllowed);
}
