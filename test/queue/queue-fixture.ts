import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type PrivateRedis, startPrivateRedis } from '../../simulators/redis/private-redis.ts';
import { openVendorClients } from '../../src/clients/vendors.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { User } from '../../src/domain/user.ts';
import { jobs } from '../../src/jobs/index.ts';
import { createLog } from '../../src/log.ts';
import type { WorkerContext } from '../../src/queue/context.ts';
import type { BatchData } from '../../src/queue/messages/batch-data.ts';
import { toBatchReturn } from '../../src/queue/messages/batch-return.ts';
import { openQueues, vendorQueueName } from '../../src/queue/queues.ts';
import { openWorkers } from '../../src/queue/workers.ts';
import type { BatchResult } from '../../src/runs/batch.ts';
import { createSort } from '../../src/sorting/sort.ts';

type Line = Readonly<Record<string, unknown>>;

/** What a test of the queue works with: a prefix of its own on the Redis of its file. */
export interface QueueFixture {
  readonly context: WorkerContext;
  readonly environment: Readonly<Record<string, string>>;
  /** The log so far. */
  lines(): readonly Line[];
  /** Another process on the same queues. */
  another(changes?: Partial<WorkerContext>): WorkerContext;
  /** Starts the workers of a context; they end with the test. */
  work(context?: WorkerContext): Promise<void>;
}

export interface WorkshopOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly users?: readonly User[];
  /** The clock (default: the real one). */
  readonly now?: () => DateTime;
}

/** One Redis for all tests of a file. */
export function useRedis(): () => PrivateRedis {
  let redis: PrivateRedis | undefined;
  beforeAll(async () => {
    redis = await startPrivateRedis();
  });
  afterAll(() => redis?.stop());
  return () => {
    if (!redis) throw new Error('Redis is started before the first test, not while tests are collected.');
    return redis;
  };
}

export function openQueueFixture(
  redis: PrivateRedis,
  { environment = {}, users = [], now = () => DateTime.now() }: WorkshopOptions = {},
): QueueFixture {
  const whole = {
    REDIS_URL: redis.url,
    CARETAKER_PREFIX: `{${randomUUID()}}`,
    CARETAKER_RETRY_DELAY: 'PT0.02S',
    CARETAKER_LOCK_DURATION: 'PT2S',
    // Nobody listens there; tests that need the vendors name their simulators.
    POINTSHARP_URL: 'http://127.0.0.1:9/api/',
    POINTSHARP_REQUESTS_PER_SECOND: '0',
    SUPEROFFICE_URL: 'http://127.0.0.1:9/api/',
    SUPEROFFICE_USERNAME: 'caretaker',
    SUPEROFFICE_PASSWORD: 'simulated',
    SUPEROFFICE_REQUESTS_PER_SECOND: '0',
    REFRESH_TIMED_DEVICES_UNIT: 'days',
    ...environment,
  };
  const config = loadConfig(whole, jobs, DateTime.utc());
  const lines: Line[] = [];
  const log = createLog('trace', [], linesInto(lines));

  function open(changes: Partial<WorkerContext> = {}): WorkerContext {
    const queues = openQueues(config);
    const ceiling = { mode: 'enforce' } as const;
    const clients = openVendorClients(config, () => ({ now }), ceiling);
    onTestFinished(async () => {
      await queues.close();
      await clients.destroy();
    });
    return {
      config,
      queues,
      clients,
      ceiling,
      log,
      sort: createSort(),
      openRoster: async () => ({
        name: 'roster',
        async *read() {
          yield users.map((user, index) => ({ line: index + 2, user }));
        },
        close: async () => {},
      }),
      now,
      name: `test-${randomUUID()}`,
      ...changes,
    };
  }

  const context = open();
  return {
    context,
    environment: whole,
    lines: () => lines,
    another: open,
    async work(one = context) {
      const workers = await openWorkers(one);
      onTestFinished(async () => {
        await workers.close(0);
      });
    },
  };
}

function linesInto(lines: Line[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
}

/** Waits for a state; the time-out of the test is the limit. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await delay(10);
  }
}

/** Works on batches as the test says until the queue is empty, in place of our own worker. */
export async function workOff(
  context: WorkerContext,
  process: (queueJob: Job<BatchData>) => BatchResult | Promise<BatchResult>,
): Promise<void> {
  const worker = new Worker<BatchData>(
    vendorQueueName('pointsharp'),
    async (queueJob) => toBatchReturn(await process(queueJob)),
    { connection: context.queues.redis, prefix: context.queues.prefix },
  );
  try {
    await until(async () => {
      const counts = await context.queues.vendors.pointsharp.getJobCounts(
        'waiting',
        'active',
        'delayed',
        'prioritized',
      );
      return Object.values(counts).every((count) => count === 0);
    });
  } finally {
    await worker.close();
  }
}
