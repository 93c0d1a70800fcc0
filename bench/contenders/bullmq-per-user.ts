import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { fetchPurge, inFlight, purges, readQueries } from './users.ts';

/* What a colleague would write: one BullMQ job for each user, and fetch. */

const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null });
const queue = new Queue('per-user', { connection });
const queries = readQueries();
let done = 0;
const finished = Promise.withResolvers<void>();
const worker = new Worker<string>(
  'per-user',
  async ({ data }) => {
    for (const purge of purges) await fetchPurge(purge, data);
    done += 1;
    if (done === queries.length) finished.resolve();
  },
  { connection, concurrency: inFlight, removeOnComplete: { count: 1000 } },
);
for (let start = 0; start < queries.length; start += 1000) {
  await queue.addBulk(queries.slice(start, start + 1000).map((data) => ({ name: 'purge', data })));
}
await finished.promise;
await worker.close();
await queue.close();
connection.disconnect();
