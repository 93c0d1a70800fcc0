import { RosterChanged, RosterError, RosterInterrupted } from '../../../roster/errors.ts';
import { handBack } from '../../batch-worker/fan-out.ts';
import type { RunState } from '../../messages/run-state.ts';
import { stopReason, stopRun } from '../../stop-run.ts';
import type { RunUnderWay } from './run-under-way.ts';

/**
 * A roster that fails ends the run: batches that are there already are told to stop.
 *
 * @throws WaitingError after the run was handed back because this worker is shutting down
 */
export async function guarded(
  { context, run, token, signal }: RunUnderWay,
  step: () => Promise<unknown>,
): Promise<Pick<RunState, 'ending'>> {
  try {
    await step();
    return {};
  } catch (error) {
    if (error instanceof RosterInterrupted) {
      if (signal?.aborted) return handBack(run, token);
      const stopped = await context.queues.runs.getJob(run.id ?? '');
      return { ending: { status: 'stopped', reason: (stopped && stopReason(stopped)) ?? 'it was stopped' } };
    }
    if (!(error instanceof RosterError || error instanceof RosterChanged)) throw error;
    await stopRun(context.queues.runs, run.id ?? '', error.message);
    return {
      ending: { status: error instanceof RosterChanged ? 'stopped' : 'failed', reason: error.message },
    };
  }
}
