import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { stateToShow } from '../../queue/messages/run-state.ts';
import type { RunsQueue } from '../../queue/queues.ts';
import { createRecorder } from '../../queue/records/recorder.ts';
import { findReport } from '../../queue/run-worker/find-report.ts';
import { runProgress } from '../../queue/run-worker/progress.ts';
import { stopRun } from '../../queue/stop-run.ts';
import type { Workers } from '../../queue/workers.ts';
import type { Report } from '../../runs/report.ts';
import type { CommandContext } from '../context.ts';
import { personAt } from '../setup/recorder.ts';
import type { Progress } from '../terminal/progress.ts';

/** Where a run is shown while it goes on, and who can stop it. */
export interface Display {
  readonly context: CommandContext;
  readonly progress: Progress;
}

/** With the workers of this process, which stop before anybody else can know of it. */
interface Followed extends Display {
  readonly workers: Pick<Workers, 'stopRun'>;
}

/** A run that was removed from Redis while a command waited for it. */
class RunLost extends OperatorError {
  override readonly name = 'RunLost';
}

/** How often a run is looked at, in milliseconds. */
const lookEveryMs = 100;

/**
 * Waits for the report of a run that this process works on. The first signal stops the run behind what is in flight, the
 * second this process: the next command for the job carries the run to its report.
 *
 * @throws RunLost when it is no longer in Redis
 */
export async function followRun(
  { queues, config, log, now }: WorkerContext,
  id: string,
  { context, progress, workers }: Followed,
): Promise<Report> {
  const recorder = createRecorder({ queues, config, log, now }, personAt(context, undefined));
  let recorded: Promise<void> | undefined;
  let signals = 0;
  const unlisten = context.onStopSignal(() => {
    signals += 1;
    if (signals > 1) {
      context.errors.write(`quit at once; the next caretaker run carries ${id} to its report\n`);
      context.exit(exitCodes.failures);
    }
    progress.end();
    context.errors.write('stopping… (again to quit at once)\n');
    workers.stopRun(id);
    recorded = recorder.note({ what: 'stop', on: { run: id } }, { outcome: 'done' });
    // Batches that wait are reported as not reached, so that nothing is left behind.
    stopRun(queues.runs, id, 'the command was interrupted').catch((err: unknown) =>
      log.error({ err }, 'run could not be interrupted'),
    );
  });
  try {
    return await waitForReport(queues.runs, id, progress);
  } finally {
    unlisten();
    await recorded;
  }
}

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
    const hold = stateToShow(run.data)?.hold;
    const isHeld = hold !== undefined && hold.answer === undefined;
    const isOver = run.finishedOn !== undefined || (isHeld && (await run.isDelayed()));
    const report = isOver ? await findReport(runs, id) : undefined;
    progress.show(await runProgress(runs, id));
    if (report) return report;
    await delay(lookEveryMs);
  }
}
