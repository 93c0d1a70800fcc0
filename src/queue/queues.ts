import { type Job, Queue, type QueueOptions } from 'bullmq';
import type { Config } from '../config/config.ts';
import type { Vendor } from '../domain/vendor.ts';
import type { RedisConnection } from '../redis/connection.ts';
import { openWatchedRedis, type RedisListener, type WatchedRedis } from '../redis/watch.ts';
import { repeatStrategy } from './repeat-strategy.ts';
import type { Tracing } from './tracing.ts';

/** The queue of runs: ticks, requests and runs. */
export const runsQueueName = 'caretaker-runs';

/** The queue of a vendor: its concurrency holds over all jobs and all workers. */
export function vendorQueueName(vendor: Vendor): string {
  return `caretaker-${vendor}`;
}

/* What is in them is unknown to the types: anybody may have written it, so whoever reads it parses it. */
export type VendorQueue = Queue<unknown, unknown, string>;
/** What BullMQ has on the queue of runs: a tick, a request or a run. */
export type RunJob = Job<unknown, unknown, string>;

/** The queue of runs, and the way to what is kept of runs beside it, where no message comes. */
export class RunsQueue extends Queue<unknown, unknown, string> {
  readonly redis: RedisConnection;
  readonly prefix: string;
  /** In which the sentences of reports say a time. */
  readonly timeZone: string;

  constructor(
    redis: RedisConnection,
    prefix: string,
    { timeZone = 'UTC', ...options }: Partial<QueueOptions> & { readonly timeZone?: string } = {},
  ) {
    super(runsQueueName, { connection: redis, prefix, settings: { repeatStrategy }, ...options });
    this.redis = redis;
    this.prefix = prefix;
    this.timeZone = timeZone;
  }
}

/** Everything that is kept in Redis, opened. */
export interface Queues {
  readonly redis: RedisConnection;
  readonly prefix: string;
  readonly runs: RunsQueue;
  readonly vendors: Readonly<Record<Vendor, VendorQueue>>;
  /** Whether Redis refuses to work for this process. */
  readonly watch: Pick<WatchedRedis, 'refusal' | 'note'>;
  close(): Promise<void>;
}

/** Each record of a batch makes an event, which nobody listens to: the 10,000 that BullMQ keeps would take megabytes. */
const streams = { events: { maxLen: 100 } };

/** Opens the queues on one connection that keeps trying; the listener hears how it is. */
export function openQueues(
  config: Config,
  listener: RedisListener = {},
  tracing?: Pick<Tracing, 'telemetry'>,
): Queues {
  const watched = openWatchedRedis(config.redis, config.prefix, listener);
  const { redis } = watched;
  const { prefix } = config;
  const traced = tracing ? { telemetry: tracing.telemetry } : {};
  const runs = new RunsQueue(redis, prefix, { ...traced, timeZone: config.timeZone });
  const openVendor = (vendor: Vendor): VendorQueue =>
    new Queue(vendorQueueName(vendor), { connection: redis, prefix, ...traced, streams });
  const byVendor = {
    pointsharp: openVendor('pointsharp'),
    superoffice: openVendor('superoffice'),
  } satisfies Record<Vendor, VendorQueue>;
  // The connection tells of its troubles by itself; a queue repeats them.
  for (const queue of [runs, ...Object.values(byVendor)]) queue.on('error', () => {});
  return {
    redis,
    prefix,
    runs,
    vendors: byVendor,
    watch: watched,
    async close() {
      watched.stop();
      await Promise.all([runs, ...Object.values(byVendor)].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
