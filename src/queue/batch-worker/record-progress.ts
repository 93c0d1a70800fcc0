import { type BatchProgress, keepProgress } from '../../runs/batch.ts';
import type { WriteRecord } from '../../runs/checkpoint.ts';
import type { Queues } from '../queues.ts';
import { type FindingsRun, rememberFindings } from '../records/findings.ts';
import type { BatchJob } from './open-batch.ts';

interface Recorded {
  readonly queues: Queues;
  readonly run: FindingsRun;
  readonly queueJob: Pick<BatchJob, 'updateProgress'>;
  readonly progress: BatchProgress;
  /** How many findings are kept of each severity. */
  readonly keepFindings: number;
}

/** Writes the progress of a batch down in Redis, so that whoever takes it over goes on from there. */
export function createRecorder(recorded: Recorded): WriteRecord {
  const { queueJob, progress } = recorded;
  return async (begun) => {
    // Packed before anything is waited for: users who are counted meanwhile come with the next record, and so do their findings.
    const kept = keepProgress(progress, begun);
    // First: whoever takes the batch over finds only what is not written down as done.
    await handOnFindings(recorded);
    await queueJob.updateProgress({ ...kept });
  };
}

/** Remembers the findings of a batch that nobody remembers yet. If that fails, the batch still has them. */
export async function handOnFindings({
  queues,
  run,
  progress: { findings },
  keepFindings,
}: Omit<Recorded, 'queueJob'>): Promise<void> {
  const handedOn = [...findings];
  await rememberFindings(queues, run, handedOn, keepFindings);
  findings.splice(0, handedOn.length);
}
