import type { Job } from 'bullmq';
import { vendors } from '../../domain/vendor.ts';
import type { BatchResult } from '../../runs/batch.ts';
import { addTally, emptyTally, type Tally } from '../../runs/tally.ts';
import { type BatchId, readSealedId } from '../messages/batch-id.ts';
import { type BatchReturn, readBatchReturn } from '../messages/batch-return.ts';
import { UnreadableRecord } from '../messages/parse.ts';
import { sealOf } from '../messages/run-state.ts';
import { type Queues, runsQueueName, vendorQueueName } from '../queues.ts';

/** How many batches are read from Redis at a time: some 4,000 planned actions with batches of 200. */
const pageSize = 20;

/** A batch that has ended, with what it handed to its run. */
export interface FinishedBatch {
  readonly id: BatchId;
  readonly result: BatchResult;
}

/**
 * Tells the batches of a run from whatever else somebody hung onto its BullMQ job: they are on the queue of a vendor, and
 * the run has sealed their ids.
 */
export function batchReader(run: Pick<Job, 'id' | 'name' | 'data' | 'queueQualifiedName'>) {
  const owner = { id: run.id ?? '', job: run.name, seal: sealOf(run.data) };
  const before = run.queueQualifiedName.slice(0, -runsQueueName.length);
  const places = vendors.map((vendor) => `${before}${vendorQueueName(vendor)}:`);
  return (key: string): BatchId | undefined => {
    const place = places.find((one) => key.startsWith(one));
    return place === undefined ? undefined : readSealedId(owner, key.slice(place.length));
  };
}

/** The finished batches of a run, page by page, so that a large run is never held whole. */
export async function* finishedBatches(run: Job): AsyncGenerator<FinishedBatch> {
  const readId = batchReader(run);
  let cursor = 0;
  // A page may repeat what an earlier one had (Redis scans a changing hash); each batch counts once.
  const seen = new Set<string>();
  do {
    const page = await run.getDependencies({ processed: { cursor, count: pageSize } });
    for (const [key, result] of Object.entries(page.processed ?? {})) {
      const id = readId(key);
      if (!id || seen.has(`${id.phase}${id.number}`)) continue;
      seen.add(`${id.phase}${id.number}`);
      yield { id, result: resultOf(id, result) };
    }
    cursor = page.nextProcessedCursor ?? 0;
  } while (cursor !== 0);
}

/** What a batch handed over. One that cannot be read counts as not reached, and says so. */
function resultOf(id: BatchId, returned: unknown): BatchResult {
  try {
    return readBatchReturn(returned);
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return lostBatch(id, error.message);
  }
}

function lostBatch({ users, actions }: BatchId, stopped: string): BatchResult {
  const tally = emptyTally();
  tally.users.notReached = users;
  tally.actions.notReached = actions;
  return { tally, stopped };
}

/** The ids of all batches that a run has added so far, finished or not. */
export async function knownBatches(run: Job): Promise<BatchId[]> {
  const keys: string[] = [];
  // In the order in which a batch goes through them: one that ends between two looks is seen at least once.
  for (const kind of ['unprocessed', 'processed'] as const) {
    let cursor = 0;
    do {
      const page = await run.getDependencies({ [kind]: { cursor, count: pageSize } });
      keys.push(...(kind === 'processed' ? Object.keys(page.processed ?? {}) : (page.unprocessed ?? [])));
      cursor = (kind === 'processed' ? page.nextProcessedCursor : page.nextUnprocessedCursor) ?? 0;
    } while (cursor !== 0);
  }
  keys.push(...Object.keys(await run.getIgnoredChildrenFailures()));
  return [...new Set(keys)].map(batchReader(run)).filter((id) => id !== undefined);
}

/** What the batches of a run came to. */
export interface BatchSums {
  readonly tally: Tally;
  /** Users and actions that were in some batch, by phase. */
  readonly inBatches: Readonly<Record<BatchId['phase'], { users: number; actions: number }>>;
  /** Why something was not reached, each reason once. */
  readonly stopReasons: readonly string[];
}

/**
 * Adds up all batches of a run, also of one under way. Batches that were lost count as not reached.
 *
 * @param see is shown each finished batch on the way: to read a large run twice takes seconds
 */
export async function sumBatches(
  run: Job,
  see?: (batch: FinishedBatch) => Promise<void>,
): Promise<BatchSums> {
  const tally = emptyTally();
  const stopReasons = new Set<string>();
  const inBatches = {
    plan: { users: 0, actions: 0 },
    canary: { users: 0, actions: 0 },
    apply: { users: 0, actions: 0 },
  };
  function add({ id, result }: FinishedBatch): void {
    addTally(tally, result.tally);
    inBatches[id.phase].users += id.users;
    inBatches[id.phase].actions += id.actions;
    if (result.stopped !== undefined) stopReasons.add(result.stopped);
  }
  for await (const batch of finishedBatches(run)) {
    await see?.(batch);
    add(batch);
  }
  const readId = batchReader(run);
  for (const [key, reason] of Object.entries(await run.getIgnoredChildrenFailures())) {
    const id = readId(key);
    if (id) add({ id, result: lostBatch(id, `a batch failed: ${reason}`) });
  }
  return { tally, inBatches, stopReasons: [...stopReasons] };
}

/** A batch that stays with a run: its key, as BullMQ would have it, and what it handed over. */
export interface LastBatch {
  readonly key: string;
  readonly result: BatchReturn;
}

/**
 * Removes what a run that has ended keeps of its batches: BullMQ would keep it as long as the run. The
 * events of the vendors' queues go as well: they hold the results of batches, with the names of users, and nobody reads them.
 *
 * @param last is kept in their place
 */
export async function forgetBatches(
  { redis, runs, vendors }: Queues,
  runId: string,
  last?: LastBatch,
): Promise<void> {
  // BullMQ 6 has no call that forgets the children of a job which stays, and its `trimEvents` leaves some of them.
  const key = runs.toKey(runId);
  const change = redis.multi();
  change.unlink(`${key}:processed`, `${key}:failed`, `${key}:unsuccessful`, `${key}:dependencies`);
  if (last) change.hset(`${key}:processed`, last.key, JSON.stringify(last.result));
  await change.exec();
  for (const queue of Object.values(vendors)) await redis.xtrim(queue.toKey('events'), 'MAXLEN', 0);
}
