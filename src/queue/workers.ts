import { vendors } from '../domain/vendor.ts';
import { openBatchWorker } from './batch-worker/batch-worker.ts';
import type { Crew } from './context.ts';
import type { Beats } from './records/heartbeats.ts';
import { openRunWorker } from './run-worker/run-worker.ts';

/** The workers of a process. */
export interface Workers {
  /**
   * Takes nothing new, lets what is in flight finish until the deadline, and hands back the rest.
   *
   * @returns whether everything was finished or handed back
   */
  close(deadlineMs: number): Promise<boolean>;
  /** By queue, what is another text each time as long as its worker lives. */
  beats(): Beats;
}

/** After the deadline, what is cut off still has to write down how far it came. */
const handBackMs = 5_000;

/** Starts working on the runs and on the batches of every configured vendor. */
export async function openWorkers(crew: Crew): Promise<Workers> {
  const configured = vendors.filter((vendor) => crew.config[vendor] !== undefined);
  const workers = [
    ...(await Promise.all(configured.map((vendor) => openBatchWorker(crew, vendor)))),
    openRunWorker(crew),
  ];
  for (const worker of workers) {
    // Without a listener an error would end the process; the connection's troubles are told by the connection.
    worker.on('error', (err) => crew.log.debug({ err, queue: worker.name }, 'worker error'));
    worker.on('failed', (job, err) =>
      crew.log.error({ err, queue: worker.name, id: job?.id, job: job?.name }, 'queue job failed'),
    );
    worker.on('stalled', (id) =>
      crew.log.warn({ queue: worker.name, id }, 'work of a lost worker taken over'),
    );
  }
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    beats: () => Object.fromEntries(workers.map((worker) => [worker.name, String(worker.beat())])),
    async close(deadlineMs) {
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      if (await within(closed, deadlineMs)) return true;
      for (const worker of workers) worker.cancelAllJobs('shutting down');
      await crew.clients.destroy();
      return within(closed, handBackMs);
    },
  };
}

async function within(done: Promise<boolean>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, ms, false);
  try {
    return await Promise.race([done, promise]);
  } finally {
    clearTimeout(timer);
  }
}
