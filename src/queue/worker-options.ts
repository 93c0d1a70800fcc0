import type { WorkerOptions } from 'bullmq';
import type { Crew } from './crew.ts';

/** A job whose worker died so often is given up; kills are expected, endless circles are not. */
const stallsAllowed = 20;

/** What all workers of a process have in common. */
export function workerOptions({ config, queues, name }: Crew): WorkerOptions {
  const lockMs = config.lockDuration.toMillis();
  return {
    connection: queues.redis,
    prefix: queues.prefix,
    name,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: stallsAllowed,
  };
}
