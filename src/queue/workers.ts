import { vendors } from '../domain/vendor.ts';
import { withDeadline } from '../domain/with-deadline.ts';
import { openBatchWorker } from './batch-worker/batch-worker.ts';
import type { WorkerContext } from './context.ts';
import type { Heartbeats } from './records/heartbeats.ts';
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
  heartbeats(): Heartbeats;
}

/** After the deadline, what is cut off still has to write down how far it came. */
const handBackMs = 5_000;

/** Starts working on the runs and on the batches of every configured vendor. */
export async function openWorkers(context: WorkerContext): Promise<Workers> {
  const configured = vendors.filter((vendor) => context.config[vendor] !== undefined);
  const workers = [
    ...(await Promise.all(configured.map((vendor) => openBatchWorker(context, vendor)))),
    openRunWorker(context),
  ];
  for (const worker of workers) {
    // Without a listener an error would end the process; the connection's troubles are told by the connection.
    worker.on('error', (err) => context.log.debug({ err, queue: worker.name }, 'worker error'));
    worker.on('failed', (queueJob, err) => {
      const { id, name: job } = queueJob ?? {};
      context.log.error({ err, queue: worker.name, id, job }, 'queue job failed');
    });
    worker.on('stalled', (id) =>
      context.log.warn({ queue: worker.name, id }, 'queue job taken over from a lost worker'),
    );
  }
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return {
    heartbeats: () => Object.fromEntries(workers.map((worker) => [worker.name, String(worker.heartbeat())])),
    async close(deadlineMs) {
      const closed = Promise.all(workers.map((worker) => worker.close())).then(() => true);
      if (await withDeadline(closed, deadlineMs, false)) return true;
      for (const worker of workers) worker.cancelAllJobs('shutting down');
      await context.clients.destroy();
      return withDeadline(closed, handBackMs, false);
    },
  };
}
