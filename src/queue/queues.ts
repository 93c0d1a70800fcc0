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
export type RunsQueue = Queue<unknown, unknown, string>;
export type VendorQueue = Queue<unknown, unknown, string>;
/** What BullMQ has on the queue of runs: a tick, a request or a run. */
export type RunJob = Job<unknown, unknown, string>;

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
  const common = {
    connection: redis,
    prefix: config.prefix,
    ...(tracing ? { telemetry: tracing.telemetry } : {}),
  };
  const open = (name: string, options: Partial<QueueOptions> = {}) => {
    const queue = new Queue(name, { ...common, ...options });
    // The connection tells of its troubles by itself; a queue repeats them.
    queue.on('error', () => {});
    return queue;
  };
  const runs: RunsQueue = open(runsQueueName, { settings: { repeatStrategy } });
  const openVendor = (vendor: Vendor): VendorQueue => open(vendorQueueName(vendor), { streams });
  const byVendor = {
    pointsharp: openVendor('pointsharp'),
    superoffice: openVendor('superoffice'),
  } satisfies Record<Vendor, VendorQueue>;
  return {
    redis,
    prefix: config.prefix,
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
