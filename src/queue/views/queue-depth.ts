import type { Queue } from 'bullmq';
import type { DateTime } from 'luxon';

/** How much is on a queue. */
export interface QueueDepth {
  /** Jobs by state. */
  readonly jobs: Readonly<Record<string, number>>;
  /** How long the job has been there that is to be taken first; 0 when none waits. */
  readonly oldestAgeMs: number;
}

const states = [
  'waiting',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
] as const;

/** Counts a queue, and looks how long its first jobs have waited; never reads them all. */
export async function queueDepth(queue: Queue, now: DateTime): Promise<QueueDepth> {
  const [jobs, waiting, prioritized] = await Promise.all([
    queue.getJobCounts(...states),
    queue.getWaiting(0, 0),
    queue.getPrioritized(0, 0),
  ]);
  const ages = [...waiting, ...prioritized].map(({ timestamp }) => now.toMillis() - timestamp);
  return { jobs, oldestAgeMs: Math.max(0, ...ages) };
}
