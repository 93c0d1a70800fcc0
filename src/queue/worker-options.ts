import type { WorkerOptions } from 'bullmq';
import type { Crew } from './crew.ts';

/** A job whose worker died so often is given up; kills are expected, endless circles are not. */
const stallsAllowed = 20;

/**
 * How long a worker waits for a job before it looks again, in seconds. Nobody wakes it when the pause of a vendor is over:
 * what it waits on top of that is this long at most.
 */
const drainDelay = 1;

/** What all workers of a process have in common. */
export function workerOptions({ config, queues, name }: Crew): WorkerOptions {
  const lockMs = config.lockDuration.toMillis();
  return {
    connection: queues.redis,
    prefix: queues.prefix,
    name,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    drainDelay,
    maxStalledCount: stallsAllowed,
  };
}
