import { OperatorError } from '../../domain/operator-error.ts';
import { cutLoose } from '../cut-loose.ts';
import { isPayloadOf, readSealedId } from '../messages/batch-id.ts';
import { sealOf } from '../messages/run-state.ts';
import type { RunOfBatch } from '../records/runs/run-of-batch.ts';
import { unrecoverable } from '../unrecoverable.ts';
import type { BatchJob, ReceivedBatch } from './open-batch.ts';

/** A job on the queue of a vendor that no run put there. Nothing was done. */
class ForeignBatch extends OperatorError {
  override readonly name = 'ForeignBatch';

  constructor(why: string) {
    super({
      problem: `This batch is not done: ${why}.`,
      advice: 'Ask for a run on the queue of runs, as docs/queue-contract.md describes it.',
    });
  }
}

/**
 * Whether a run made this batch, with this payload.
 *
 * @param phase that the run is in; left out, any will do
 */
export function isBatchOf(
  run: RunOfBatch,
  phase: string | undefined,
  batch: { readonly id: string | undefined; readonly text: string | undefined },
): batch is ReceivedBatch {
  const owner = { id: run.id, job: run.name, seal: sealOf(run.data) };
  const { id = '', text } = batch;
  const batchId = readSealedId(owner, id);
  if (!batchId || text === undefined || !isPayloadOf(batchId, text)) return false;
  return phase === undefined || batchId.phase === phase;
}

/**
 * Ends a batch that is nobody's, and costs nobody anything: no run waits for it or fails with it.
 *
 * @throws UnrecoverableError always
 */
export async function refuseBatch(queueJob: BatchJob, why: string): Promise<never> {
  await cutLoose(queueJob);
  throw unrecoverable(new ForeignBatch(why));
}
