import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { findJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { stateToShow } from '../../queue/messages/run-state.ts';
import type { Queues, RunsQueue } from '../../queue/queues.ts';
import { createRecorder } from '../../queue/records/recorder.ts';
import { findRun } from '../../queue/records/runs/find-run.ts';
import { findReport } from '../../queue/run-worker/reports/find-report.ts';
import { stopReason, stopRun } from '../../queue/stop-run.ts';
import { runProgress } from '../../queue/views/run-progress.ts';
import type { Workers } from '../../queue/workers.ts';
import { isRefusal } from '../../redis/errors.ts';
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
/** Redis may refuse for so long before a command gives up: a failover or a long script is over by then. */
const refusedForMs = 10_000;
/** What the end of a command may take beyond the time to drain. */
const graceMs = 10_000;

/**
 * Waits for the report of a run that this process works on. The first signal stops the run behind what is in flight, the
 * second this process: the next command for the job carries the run to its report.
 *
 * @throws RunLost when it is no longer in Redis
 * @throws RedisError when Redis refuses for longer than a moment
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
    const quit = (how: string) => {
      context.errors.write(`quit ${how}; the next caretaker run carries ${id} to its report\n`);
      context.exit(exitCodes.failures);
    };
    if (signals > 1) quit('at once');
    // Redis may be silent: then nothing of what follows comes to an end.
    setTimeout(() => quit('without an answer'), config.drainTimeout.toMillis() + graceMs).unref();
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
    // Batches that come back undone are no progress.
    const shown: Progress = {
      end: progress.end,
      show: (how) => (signals > 0 ? undefined : progress.show(how)),
    };
    const report = await waitForReport(queues.runs, id, shown, {
      check() {
        const refusal = queues.watch.refusal();
        // Who is told to stop does not wait for a Redis that says no.
        if (refusal && (signals > 0 || refusal.forMs > refusedForMs)) throw refusal.error;
      },
      isEnough: async () => signals > 0 && (await isStuck(queues, id)),
    });
    if (report.run.status === 'running') {
      context.errors.write('its vendor is paused: the run gets its report once the vendor is resumed\n');
    }
    return report;
  } finally {
    unlisten();
    await recorded;
  }
}

/** What ends the wait for a report before there is one. */
interface Wait {
  /** Called at each look; throws what ends the wait. Left out, what Redis refuses ends it. */
  readonly check?: () => void;
  /** Whether the report of what was done so far will do. */
  readonly isEnough?: () => Promise<boolean>;
}

/**
 * Waits until a run has ended or is held, and shows how far it is.
 *
 * @throws RunLost when it is no longer in Redis
 */
export async function waitForReport(
  runs: RunsQueue,
  id: string,
  progress: Progress,
  { check, isEnough = async () => false }: Wait = {},
): Promise<Report> {
  for (;;) {
    check?.();
    const report = await lookForReport(runs, id, progress, isEnough).catch((error: unknown) => {
      if (!check || !isRefusal(error)) throw error;
    });
    if (report) return report;
    await delay(lookEveryMs);
  }
}

async function lookForReport(
  runs: RunsQueue,
  id: string,
  progress: Progress,
  isEnough: () => Promise<boolean>,
): Promise<Report | undefined> {
  const run = await runs.getJob(id);
  if (!run) {
    throw new RunLost({
      problem: `The run ${id} is no longer in Redis: it was removed, or Redis lost it (a flush, a restart without its data, a failover).`,
      advice: 'Start it again; caretaker runs shows what ran meanwhile.',
    });
  }
  const hold = stateToShow((await findRun(runs, id))?.data)?.hold;
  const isHeld = hold !== undefined && hold.answer === undefined;
  const isOver = run.finishedOn !== undefined || (isHeld && (await run.isDelayed())) || (await isEnough());
  const report = isOver ? await findReport(runs, id) : undefined;
  // Of a run that has ended nothing is kept but its report.
  const isStopping = stopReason(run) === undefined ? {} : { isStopping: true as const };
  const ended = { phase: 'report', done: 0, total: 0, items: undefined, ...isStopping };
  progress.show(run.finishedOn === undefined ? await runProgress(runs, id) : ended);
  return report;
}

/** Whether the batches of a run that is to stop cannot come back, because their vendor is paused. */
async function isStuck({ runs, vendors }: Pick<Queues, 'runs' | 'vendors'>, id: string): Promise<boolean> {
  const vendor = findJob((await runs.getJob(id))?.name ?? '')?.vendor;
  if (!vendor) return false;
  const queue = vendors[vendor];
  return (await queue.isPaused()) && (await queue.getActiveCount()) === 0;
}
