import { setTimeout as delay } from 'node:timers/promises';
import { QueueEvents, type QueueEventsListener } from 'bullmq';
import type { Logger } from 'pino';
import { withDeadline } from '../../domain/with-deadline.ts';
import { type Queues, runsQueueName } from '../queues.ts';
import { listPauses, pausedEvent } from '../records/pauses.ts';
import { stopReason } from '../stop-run.ts';

/*
 * A word that a run is to stop, or a job or a vendor is paused, has to reach every process at once: what comes after it
 * is what was in flight. It travels over the events of the queue of runs. Events can be lost with a connection, so each
 * process that has batches at work also looks for itself.
 */

/** Why a batch at work is interrupted; what is in flight goes on to its end. */
export const interruptReasons = {
  stopped: 'its run is to stop',
  paused: 'its job or its vendor is paused',
  draining: 'this process stops',
  lockLost: 'the lock was lost',
} as const;

/** A batch at work in this process. */
export interface BatchAtWork {
  readonly run: string;
  readonly job: string;
  readonly vendor: string;
  interrupt(reason: string): void;
}

/** What the batches of this process are interrupted by. */
export interface Interruptions {
  /** A batch begins; call what is returned when it has ended. */
  enter(batch: BatchAtWork): () => void;
  /** Sends nothing more for a run, before other processes can know of it. */
  stopRun(runId: string): void;
  /** Calls back with each run that ends, in whichever process. */
  onEnd(ended: (runId: string) => void): void;
  close(): Promise<void>;
}

/** How often a process with batches at work looks for words that it did not hear, in milliseconds. */
const lookEveryMs = 500;
/** How long the connection for events may take to close, in milliseconds. */
const closedWithinMs = 1000;

/** After a failure whoever listens makes no haste, in milliseconds. */
const pauseMs = 5_000;

/** Events whose pause after a failure does not keep a process alive that is to end. */
class PatientEvents extends QueueEvents {
  protected override checkConnectionError<T>(read: () => Promise<T>): Promise<T | undefined> {
    const patient = async () => {
      try {
        return await read();
      } catch (error) {
        await delay(pauseMs, undefined, { ref: false });
        throw error;
      }
    };
    return super.checkConnectionError(patient, 0);
  }
}

/** Beside BullMQ's own events, that of a pause. */
interface Words extends QueueEventsListener {
  [pausedEvent]: (told: { readonly what?: unknown }, id: string) => void;
}

/** Listens for words that interrupt batches. */
export function openInterruptions(queues: Queues, log: Logger): Interruptions {
  const atWork = new Set<BatchAtWork>();
  /** Known here before the word of it is in Redis. */
  const stoppedHere = new Set<string>();
  const events = new PatientEvents(runsQueueName, { connection: queues.redis, prefix: queues.prefix });
  // The watch tells of troubles, and whoever hears nothing looks.
  events.on('error', (error) => queues.watch.note(error));
  events.on('progress', ({ jobId, data }) => {
    if (stopReason({ progress: data }) !== undefined) interruptRun(jobId);
  });
  events.on<Words, typeof pausedEvent>(pausedEvent, ({ what }) => pause(what));
  let looking = false;
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();

  function interrupt(concerns: (batch: BatchAtWork) => boolean, reason: string): void {
    for (const batch of atWork) if (concerns(batch)) batch.interrupt(reason);
  }

  function interruptRun(runId: string): void {
    interrupt(({ run }) => run === runId, interruptReasons.stopped);
  }

  function pause(what: unknown): void {
    interrupt(({ job, vendor }) => what === job || what === vendor, interruptReasons.paused);
  }

  async function look(): Promise<void> {
    if (looking || atWork.size === 0) return;
    looking = true;
    try {
      for (const { what } of await listPauses(queues)) pause(what);
      for (const run of new Set([...atWork].map((batch) => batch.run))) {
        const found = await queues.runs.getJob(run);
        if (found && stopReason(found) !== undefined) interruptRun(run);
      }
    } catch (err) {
      log.debug({ err }, 'no look at what is to stop');
    } finally {
      looking = false;
    }
  }

  return {
    enter(batch) {
      atWork.add(batch);
      if (stoppedHere.has(batch.run)) batch.interrupt(interruptReasons.stopped);
      return () => atWork.delete(batch);
    },
    stopRun(runId) {
      stoppedHere.add(runId);
      interruptRun(runId);
    },
    onEnd(ended) {
      events.on('completed', ({ jobId }) => ended(jobId));
      events.on('failed', ({ jobId }) => ended(jobId));
    },
    async close() {
      clearInterval(timer);
      // With Redis away it would never be closed.
      await withDeadline(events.close(), closedWithinMs, undefined);
    },
  };
}
