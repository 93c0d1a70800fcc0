import { type Job, Worker } from 'bullmq';

type QueueJob = Job<unknown, unknown, string>;

/**
 * A worker that can be seen to live. `isRunning()` stays true in one that is deaf; this one counts its turns: each time
 * Redis told it what there is to do, which happens every few seconds also when there is nothing.
 */
export class HeartbeatWorker extends Worker<unknown, unknown, string> {
  #turns = 0;
  #atWork = 0;

  /** A number that is another one each time it is read, as long as this worker lives. */
  heartbeat(): number {
    // While it works it need not look for more; whoever waits for it waits for Redis, or for a vendor in vain only so long.
    if (this.#atWork > 0) this.#turns += 1;
    return this.#turns;
  }

  protected override async moveToActive(token: string, name?: string): Promise<QueueJob> {
    const queueJob = await super.moveToActive(token, name);
    this.#turns += 1;
    return queueJob;
  }

  override async processJob(
    queueJob: QueueJob,
    token: string,
    fetchNextCallback?: () => boolean,
    // biome-ignore lint/suspicious/noConfusingVoidType: BullMQ's own signature
  ): Promise<void | QueueJob> {
    this.#atWork += 1;
    try {
      return await super.processJob(queueJob, token, fetchNextCallback);
    } finally {
      this.#atWork -= 1;
    }
  }
}
