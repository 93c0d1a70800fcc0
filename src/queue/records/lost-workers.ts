import type { Job } from 'bullmq';
import { z } from 'zod';
import { OperatorError } from '../../domain/operator-error.ts';
import { parseText } from '../messages/parse.ts';
import type { RunState } from '../messages/run-state.ts';
import type { Queues } from '../queues.ts';

/*
 * A worker that dies leaves its run to the next one, which may die of the same. BullMQ counts how often a run was taken
 * over; this keeps at which place that was, so that a run which goes on in between is not given up.
 */

/** So many workers lost one after the other at the same place are the fault of the run, or of their memory. */
const mostLost = 2;
/** A run under way may take days, but not for ever. */
const keptForMs = 7 * 24 * 3600 * 1000;

const Kept = z.object({ takeovers: z.int(), place: z.string(), lost: z.int() });

/** A run that is given up because it costs one worker after the other. */
export class WorkersLost extends OperatorError {
  override readonly name = 'WorkersLost';

  /** @param where the place in the run, as people know it */
  constructor(lost: number, where: string) {
    super({
      problem: `${lost} workers were lost at the same place of this run (${where}), one after the other: each was killed, ran out of memory or stood still.`,
      advice:
        'Look how they ended: exit code 134 says that the heap was too small, 137 that they were killed, mostly for their memory. Raise --max-old-space-size in NODE_OPTIONS and the memory limit of the container with it, or lower the …_BATCH_SIZE of the job. Then start the run again.',
    });
  }
}

/**
 * Notes that a worker has the run now.
 *
 * @returns why it is to be given up; undefined when it may go on
 */
export async function noteTakeover(
  { redis, prefix }: Pick<Queues, 'redis' | 'prefix'>,
  run: Job,
  state: RunState | undefined,
): Promise<WorkersLost | undefined> {
  const takeovers = run.stalledCounter;
  if (takeovers === 0) return undefined;
  const key = `${prefix}:lost-workers:${run.id}`;
  const place = await placeOf(run, state);
  const text = await redis.get(key);
  const before = text === null ? undefined : parseText(Kept, text);
  const here = before?.place === place ? before.lost : 0;
  // A run comes back to a worker for other reasons as well: it waited for its batches, or was put back.
  const lost = before?.takeovers === takeovers ? here : here + 1;
  await redis.set(key, JSON.stringify({ takeovers, place, lost }), 'PX', keptForMs);
  return lost >= mostLost ? new WorkersLost(lost, state?.phase ?? 'start') : undefined;
}

/** How far a run has come: where it adds batches, each one counts. */
async function placeOf(run: Job, state: RunState | undefined): Promise<string> {
  const { processed = 0, unprocessed = 0, failed = 0, ignored = 0 } = await run.getDependenciesCount();
  const batches = processed + unprocessed + failed + ignored;
  return `${state?.phase ?? 'start'} ${state?.fannedOut ?? false} ${batches}`;
}
