import type { WorkerOptions } from 'bullmq';
import { workerName } from './alive-workers.ts';
import type { WorkerContext } from './context.ts';

/** A job whose worker died so often is given up; kills are expected, endless circles are not. */
export const stallsAllowed = 20;

/**
 * How long a worker waits for a job before it looks again, in seconds. Nobody wakes it when the pause of a vendor is over:
 * what it waits on top of that is this long at most.
 */
const drainDelay = 1;

/** While its vendor is left alone a worker looks so often whether that is over, so that it is seen to live. */
const maximumRateLimitDelay = 5_000;

/** What all workers of a process have in common. */
export function workerOptions({ config, ceiling, queues, name, tracing }: WorkerContext): WorkerOptions {
  const lockMs = config.lockDuration.toMillis();
  return {
    connection: queues.redis,
    prefix: queues.prefix,
    name: workerName(name, ceiling.mode),
    lockDuration: lockMs,
    stalledInterval: lockMs,
    drainDelay,
    maximumRateLimitDelay,
    maxStalledCount: stallsAllowed,
    ...(tracing ? { telemetry: tracing.telemetry } : {}),
  };
}
