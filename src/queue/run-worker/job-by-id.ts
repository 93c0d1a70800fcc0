import type { RunsQueue } from '../queues.ts';

type RunJob = Awaited<ReturnType<RunsQueue['getJob']>>;

/**
 * The BullMQ job with an id that somebody typed; undefined when there is none. BullMQ keeps things of its own beside its
 * jobs (`meta`, `events`, `completed`) and takes their names for ids too.
 */
export async function jobById(runs: RunsQueue, id: string): Promise<RunJob | undefined> {
  try {
    const job = await runs.getJob(id);
    // What is no job has no name, whatever the types say.
    return (job?.name as string | undefined) === undefined ? undefined : job;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return undefined;
    throw error;
  }
}
