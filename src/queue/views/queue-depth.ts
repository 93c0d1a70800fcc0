import type { Queue } from 'bullmq';
import type { DateTime } from 'luxon';
import type { Queues } from '../queues.ts';

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
export async function queueDepth({ redis }: Queues, queue: Queue, now: DateTime): Promise<QueueDepth> {
  const [jobs, ...first] = await Promise.all([
    queue.getJobCounts(...states),
    // BullMQ puts in on the left and takes on the right.
    redis.lindex(queue.toKey('wait'), -1),
    redis.zrange(queue.toKey('prioritized'), '0', '0').then(([id]) => id ?? null),
  ]);
  const ids = first.filter((id) => id !== null);
  const added = await Promise.all(ids.map((id) => redis.hget(queue.toKey(id), 'timestamp')));
  const ages = added.flatMap((text) => (text === null ? [] : [now.toMillis() - Number(text)]));
  return { jobs, oldestAgeMs: Math.max(0, ...ages) };
}
