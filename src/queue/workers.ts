import { vendors } from '../domain/vendor.ts';
import { withDeadline } from '../domain/with-deadline.ts';
import { openBatchWorker } from './batch-worker/batch-worker.ts';
import { openRunRelease } from './batch-worker/free-runs.ts';
import { interruptReasons, openInterruptions } from './batch-worker/interruptions.ts';
import type { WorkerContext } from './context.ts';
import { createWaitNotes } from './left-to-others/wait-notes.ts';
import { createLosses } from './losses.ts';
import type { Heartbeats } from './records/heartbeats.ts';
import { watchLosses } from './records/watch-losses.ts';
import { stopSwitchedOff } from './run-worker/end-run.ts';
import { openRunWorker } from './run-worker/run-worker.ts';
import { shownName } from './shown-name.ts';

/** The workers of a process. */
export interface Workers {
  /**
   * Takes nothing new, sends nothing more, lets what is in flight finish until the deadline, and hands back the rest.
   *
   * @returns whether everything was finished or handed back
   */
  close(deadlineMs: number): Promise<boolean>;
  /** Sends nothing more for a run that is to stop; other processes learn of it from the run. */
  stopRun(runId: string): void;
  /** By queue, what is another text each time as long as its worker lives. */
  heartbeats(): Heartbeats;
  /**
   * Since when the oldest run in hand is, by `performance.now()`; undefined when none is. A run that waits, for its batches
   * or a person, is in nobody's hand.
   */
  runInHandSinceMs(): number | undefined;
}

/** After the deadline, what is cut off still has to write down how far it came. */
const handBackMs = 5_000;
/** So long a Redis that is there takes to let idle workers go. */
const idleMs = 2_000;

/** Starts working on the runs and on the batches of every configured vendor. */
export async function openWorkers(context: WorkerContext): Promise<Workers> {
  const interruptions = openInterruptions(context.queues, context.log);
  const waitNotes = createWaitNotes(context.log);
  const release = openRunRelease(context);
  const { tell } = createLosses(context.log, context.observer);
  const losses = watchLosses(
    context.queues,
    {
      tell(kind, what, facts) {
        tell(kind, what, facts);
        // Nothing more is sent for a run that nobody has.
        if (kind === 'run') interruptions.stopRun(String(facts.run));
      },
    },
    context.log,
  );
  interruptions.onEnd(losses.forget);
  const configured = vendors.filter((vendor) => context.config[vendor] !== undefined);
  const runWorker = openRunWorker(context, { interruptions, waitNotes, losses });
  const workers = [
    ...(await Promise.all(
      configured.map((vendor) => openBatchWorker(context, vendor, { interruptions, waitNotes, losses })),
    )),
    runWorker,
  ];
  for (const worker of workers) {
    // Without a listener an error would end the process; the connection's troubles are told by its watch.
    worker.on('error', (err) => {
      context.queues.watch.note(err);
      context.log.debug({ err, queue: worker.name }, 'worker error');
    });
    worker.on('failed', (queueJob, err) => {
      const { id = '', name = '' } = queueJob ?? {};
      const facts = { queue: worker.name, id: shownName(id), job: shownName(name) };
      context.log.error({ err, ...facts }, 'queue job failed');
    });
    worker.on('stalled', (id) =>
      context.log.warn({ queue: worker.name, id: shownName(id) }, 'queue job taken over from a lost worker'),
    );
  }
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  // A command works on its run alone.
  if (context.onlyRun === undefined) await stopSwitchedOff(context);
  return {
    stopRun: interruptions.stopRun,
    heartbeats: () => Object.fromEntries(workers.map((worker) => [worker.name, String(worker.heartbeat())])),
    runInHandSinceMs: () => runWorker.atWorkSinceMs(),
    async close(deadlineMs) {
      release.close();
      losses.close();
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      for (const worker of workers) worker.cancelAllJobs(interruptReasons.draining);
      const shortMs = Math.min(idleMs, deadlineMs);
      try {
        if (await withDeadline(closed, shortMs, false)) return true;
        // What is asked of a Redis that refuses or is silent would be waited for until the deadline, for nothing.
        if (workers.every((worker) => worker.isIdle())) {
          context.queues.redis.disconnect();
          await withDeadline(closed, shortMs / 2, false);
          return true;
        }
        if (await withDeadline(closed, deadlineMs - shortMs, false)) return true;
        await context.clients.destroy();
        return await withDeadline(closed, handBackMs, false);
      } finally {
        // A connection that is about to be made anew hears of no end.
        await withDeadline(interruptions.close(), shortMs, undefined);
      }
    },
  };
}
