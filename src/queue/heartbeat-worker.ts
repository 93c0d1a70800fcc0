import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import { isRefusal, redisErrorCode } from '../redis/errors.ts';

type QueueJob = Job<unknown, unknown, string>;

/** Whoever was refused waits so long: BullMQ would ask again at once, thousands of times in a second. */
const refusedPauseMs = 3_000;

/**
 * A worker that can be seen to live, and that makes no haste where Redis refuses. `isRunning()` stays true in one that is
 * deaf; this one counts its turns: each time Redis told it what there is to do, which happens every few seconds also when
 * there is nothing.
 */
export class HeartbeatWorker extends Worker<unknown, unknown, string> {
  #turns = 0;
  readonly #atWork = new Set<{ readonly sinceMs: number }>();
  #isRefused = false;
  readonly #stop = new AbortController();
  readonly #stopped = { signal: this.#stop.signal };

  constructor(...given: ConstructorParameters<typeof Worker<unknown, unknown, string>>) {
    super(...given);
    this.on('error', (error) => {
      this.#isRefused = redisErrorCode(error) !== undefined;
    });
  }

  /** A number that is another one each time it is read, as long as this worker lives. */
  heartbeat(): number {
    // While it works it need not look for more; whoever waits for it waits for Redis, or for a vendor in vain only so long.
    if (this.#atWork.size > 0) this.#turns += 1;
    return this.#turns;
  }

  /** Since when the oldest that is under way is, by `performance.now()`; undefined when nothing is. */
  atWorkSinceMs(): number | undefined {
    const [oldest] = this.#atWork;
    return oldest?.sinceMs;
  }

  /** Whether nothing is under way. */
  isIdle(): boolean {
    return this.#atWork.size === 0;
  }

  protected override async moveToActive(token: string, name?: string): Promise<QueueJob> {
    // BullMQ would take once more, and most likely what this worker has just handed back.
    if (this.#stop.signal.aborted) return this.nextJobFromJobData();
    try {
      const queueJob = await super.moveToActive(token, name);
      this.#turns += 1;
      return queueJob;
    } catch (error) {
      if (redisErrorCode(error) !== undefined) await this.#pause();
      throw error;
    }
  }

  /** The pause of BullMQ after a failed look for lost work would keep a process alive that is to end. */
  protected override checkConnectionError<T>(look: () => Promise<T>): Promise<T | undefined> {
    return super.checkConnectionError(look, 0);
  }

  /** BullMQ asks for no length of time where waiting for work failed. */
  override delay(milliseconds?: number, abort?: AbortController): Promise<void> {
    const wasRefused = this.#isRefused;
    this.#isRefused = false;
    if (abort || (milliseconds === undefined && !wasRefused)) return super.delay(milliseconds, abort);
    return this.#pause(milliseconds);
  }

  protected override handleCompleted(
    ...result: Parameters<Worker<unknown, unknown, string>['handleCompleted']>
  ): Promise<QueueJob> {
    return this.#insist(() => super.handleCompleted(...result));
  }

  protected override handleFailed(
    ...failure: Parameters<Worker<unknown, unknown, string>['handleFailed']>
  ): Promise<QueueJob> {
    return this.#insist(() => super.handleFailed(...failure));
  }

  override close(force?: boolean): Promise<void> {
    this.#stop.abort();
    return super.close(force);
  }

  override async processJob(
    queueJob: QueueJob,
    token: string,
    fetchNextCallback?: () => boolean,
    // biome-ignore lint/suspicious/noConfusingVoidType: BullMQ's own signature
  ): Promise<void | QueueJob> {
    const mine = { sinceMs: performance.now() };
    this.#atWork.add(mine);
    try {
      return await super.processJob(queueJob, token, fetchNextCallback);
    } finally {
      this.#atWork.delete(mine);
    }
  }

  /** What was done is written down once Redis takes it: otherwise somebody would do it again. */
  async #insist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        // A right that is missing may be met in the middle of a script: to begin it again is not the same any more.
        const isSafe = isRefusal(error) && redisErrorCode(error) !== 'NOPERM';
        if (!isSafe || this.#stop.signal.aborted) throw error;
        await this.#pause();
      }
    }
  }

  async #pause(milliseconds = refusedPauseMs): Promise<void> {
    await delay(milliseconds, undefined, this.#stopped).catch(() => {});
  }
}
