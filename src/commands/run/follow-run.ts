import { setTimeout as delay } from 'node:timers/promises';
import { stateToShow } from '../../queue/messages/run-state.ts';
import type { RunsQueue } from '../../queue/queues.ts';
import { findReport } from '../../queue/run-worker/history.ts';
import { runProgress } from '../../queue/run-worker/progress.ts';
import type { Report } from '../../runs/report.ts';
import type { Progress } from '../terminal/progress.ts';

/** How often a run is looked at, in milliseconds. */
const lookEveryMs = 100;

/**
 * Waits until a run has ended or is held, and shows how far it is.
 *
 * @throws Error when the run is not there any more
 */
export async function waitForReport(runs: RunsQueue, id: string, progress: Progress): Promise<Report> {
  for (;;) {
    const run = await runs.getJob(id);
    if (!run) throw new Error(`The run ${id} is no longer in Redis; somebody removed it.`);
    const hold = stateToShow(run.data)?.hold;
    const isHeld = hold !== undefined && hold.answer === undefined;
    const isOver = run.finishedOn !== undefined || (isHeld && (await run.isDelayed()));
    const report = isOver ? await findReport(runs, id) : undefined;
    progress.show(await runProgress(runs, id));
    if (report) return report;
    await delay(lookEveryMs);
  }
}
