import type { RunsQueue } from './queues.ts';

/*
 * What concerns everybody stops the whole run: the batch that meets it leaves a note on the run, and every batch looks
 * for that note before it begins. The note is the BullMQ progress of the run, which nothing else writes.
 */

/** As it is kept in Redis; what it says is the reason why the run is to stop. */
interface StopNote {
  readonly halted: string;
}

/** Leaves word that the run is to stop, and why. */
export async function stopRun(runs: RunsQueue, runId: string, reason: string): Promise<void> {
  await runs.updateJobProgress(runId, { halted: reason } satisfies StopNote);
}

/** Why the run is to stop, if it is. */
export function stopReason(run: { readonly progress: unknown }): string | undefined {
  const note = run.progress;
  return typeof note === 'object' && note !== null && 'halted' in note && typeof note.halted === 'string'
    ? note.halted
    : undefined;
}
