import { RosterInterrupted } from '../../roster/errors.ts';
import type { WorkerContext } from '../context.ts';
import { putBack } from '../left-to-others/put-back.ts';
import type { WaitNotes } from '../left-to-others/wait-notes.ts';
import type { RunJob } from '../queues.ts';
import { isPaused } from '../records/pauses.ts';
import { stopReason } from '../stop-run.ts';
import { type Interruptions, interruptReasons } from './interruptions.ts';

interface Opening {
  readonly context: WorkerContext;
  readonly interruptions: Pick<Interruptions, 'enter'>;
  readonly waitNotes: Pick<WaitNotes, 'roster'>;
}

/** A run whose roster cannot be read yet is offered again soon. */
const lookAgain = { hiddenMs: 2_000, restMs: 0 };

/**
 * How a run under way opens its roster: a vendor that is paused is not asked for it, and one that is paused meanwhile is
 * asked no more. The run waits until the vendor is resumed.
 *
 * @returns what throws DelayedError when the run was put back, and RosterInterrupted when it is to stop
 */
export function openUnlessPaused(
  { context, interruptions, waitNotes }: Opening,
  run: RunJob,
  token: string | undefined,
): WorkerContext['openRoster'] {
  const { rosterVendor: vendor, openRoster, queues } = context;
  if (vendor === undefined) return openRoster;
  const id = run.id ?? '';

  async function wait(): Promise<never> {
    if (stopReason(run) !== undefined) throw new RosterInterrupted(`at ${vendor}`);
    waitNotes.roster(id, run.name, vendor ?? '');
    return putBack(context, run, token, lookAgain);
  }

  return async (signal) => {
    const pause = new AbortController();
    const interrupt = (reason: string) => {
      if (reason === interruptReasons.paused) pause.abort();
    };
    const leave = interruptions.enter({ run: id, job: '', vendor, interrupt });
    try {
      if (await isPaused(queues, [vendor])) return await wait();
      return await openRoster(signal ? AbortSignal.any([signal, pause.signal]) : pause.signal);
    } catch (error) {
      if (error instanceof RosterInterrupted && pause.signal.aborted && !signal?.aborted) return await wait();
      throw error;
    } finally {
      leave();
    }
  };
}
