import type { Logger } from 'pino';
import { isRefusal } from '../../redis/errors.ts';
import type { Losses } from '../losses.ts';
import type { Queues } from '../queues.ts';
import { lookAtPauses } from './pauses.ts';

/*
 * A Redis that was flushed, or a master that took over without everything, has forgotten runs and pauses, and nobody tells.
 * Whoever worked on a run, or saw a pause, knows of it and looks whether it is still there.
 */

/** How often it is looked, in milliseconds. */
const lookEveryMs = 2_000;

/** Knows what this process worked on. */
export interface LossWatch {
  /** This process works on a run, or on a batch of it. */
  follow(run: string, job: string): void;
  /** The run has ended: from now on it may be removed. */
  forget(run: string): void;
  close(): void;
}

/** Looks after the runs that this process works on, and after all pauses. */
export function watchLosses(queues: Queues, losses: Losses, log: Logger, everyMs = lookEveryMs): LossWatch {
  const runs = new Map<string, string>();
  let pauses: ReadonlyMap<string, number> = new Map();
  let isLooking = false;

  async function lookAtRuns(): Promise<void> {
    for (const [id, job] of [...runs]) {
      const run = await queues.runs.getJob(id);
      if (run && run.finishedOn === undefined) continue;
      // Its end may have been told meanwhile.
      if (!runs.delete(id) || run) continue;
      losses.tell('run', job, { run: id, job });
    }
  }

  async function compareWithPauses(): Promise<void> {
    const { paused, resumes } = await lookAtPauses(queues);
    const now = new Map(paused.map((what) => [what, resumes(what)]));
    for (const [what, before] of pauses) {
      const isOver = now.has(what) || resumes(what) > before;
      if (!isOver) losses.tell('pause', what, { what });
    }
    pauses = now;
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      await lookAtRuns();
      await compareWithPauses();
    } catch (err) {
      if (!isRefusal(err)) log.debug({ err }, 'no look at what may be lost');
    }
    isLooking = false;
  }

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  void look();
  return {
    follow: (run, job) => void runs.set(run, job),
    forget: (run) => void runs.delete(run),
    close: () => clearInterval(timer),
  };
}
