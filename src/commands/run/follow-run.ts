import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../../domain/operator-error.ts';
import type { RunsQueue } from '../../queue/queues.ts';
import { findReport } from '../../queue/run-worker/history.ts';
import { runProgress } from '../../queue/run-worker/progress.ts';
import type { Report } from '../../runs/report.ts';
import type { Progress } from '../terminal/progress.ts';

/** A run that was removed from Redis while a command waited for it. */
class RunLost extends OperatorError {
  override readonly name = 'RunLost';
}

/** How often a run is looked at, in milliseconds. */
const lookEveryMs = 100;

/**
 * Waits until a run has ended or is held, and shows how far it is.
 *
 * @throws RunLost when it is no longer in Redis
 */
export async function waitForReport(runs: RunsQueue, id: string, progress: Progress): Promise<Report> {
  for (;;) {
    const run = await runs.getJob(id);
    if (!run) {
      throw new RunLost({
        problem: `The run ${id} is no longer in Redis: somebody removed it.`,
        advice: 'Start it again; caretaker runs shows what ran meanwhile.',
      });
    }
    const isHeld = run.data.state?.hold !== undefined && run.data.state.hold.answer === undefined;
    const isOver = run.finishedOn !== undefined || (isHeld && (await run.isDelayed()));
    const report = isOver ? await findReport(runs, id) : undefined;
    progress.show(await runProgress(runs, id));
    if (report) return report;
    await delay(lookEveryMs);
  }
}
