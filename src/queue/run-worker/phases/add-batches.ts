import { fanOut, type NewBatch } from '../../batch-worker/fan-out.ts';
import type { BatchId } from '../../messages/batch-id.ts';
import type { RunState } from '../../messages/run-state.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** Adds the batches of a phase to the queue of the vendor, as children of the run. */
export function addBatches(
  { context, maintenance, run, token, signal }: RunUnderWay,
  { trace }: RunState,
  phase: BatchId['phase'],
  batches: AsyncIterable<NewBatch>,
): Promise<boolean> {
  const queue = context.queues.vendors[maintenance.vendor];
  const { urgency } = maintenance;
  return fanOut({ context, queue, run, phase, urgency, trace, batches, token, signal });
}
