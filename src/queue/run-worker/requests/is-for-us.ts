import { OperatorError } from '../../../domain/operator-error.ts';
import { aliveWorkers } from '../../alive-workers.ts';
import type { WorkerContext } from '../../context.ts';
import type { Asked } from '../../messages/asked.ts';
import type { RunJob } from '../../queues.ts';
import { startedBy } from '../../records/runs/run-of-request.ts';
import { unrecoverable } from '../../unrecoverable.ts';

/** What a message asks for and nobody here may do. To try it again would not help. */
class AboveCeiling extends OperatorError {
  override readonly name = 'AboveCeiling';

  constructor(job: string) {
    super({
      problem: `This message asks for ${job} in enforce, and every worker here only observes (CARETAKER_MODE=observe).`,
      advice:
        'Send it without a mode or with mode observe, or start the workers with CARETAKER_MODE=enforce.',
    });
  }
}

/**
 * Whether a request is for this process to start; one that asks for enforce is left to a worker that may write.
 *
 * @throws UnrecoverableError when there is no such worker
 */
export async function isForUs(
  { ceiling, queues }: WorkerContext,
  queueJob: RunJob,
  { mode }: Asked,
): Promise<boolean> {
  const isStarted = startedBy(queueJob) !== undefined;
  if (mode !== 'enforce' || ceiling.mode === 'enforce' || isStarted) return true;
  const writers = (await aliveWorkers(queues)).filter((one) => one.mode === 'enforce' && !one.command);
  if (writers.length > 0) return false;
  throw unrecoverable(new AboveCeiling(queueJob.name));
}
