import { type Job, WaitingError } from 'bullmq';
import { RosterChanged } from '../../roster/errors.ts';
import type { WorkerContext } from '../context.ts';
import { sendBatch } from '../messages/batch-data.ts';
import { type BatchId, batchId, fingerprintOf } from '../messages/batch-id.ts';
import { sealOf } from '../messages/run-state.ts';
import type { VendorQueue } from '../queues.ts';
import { stopReason } from '../stop-run.ts';
import { knownBatches } from './batch-results.ts';
import { batchContext } from './trace-spans.ts';

/** A batch that is to be added. */
export interface NewBatch {
  /** What it holds. */
  readonly text: string;
  readonly users: number;
  readonly actions: number;
  /** Of the text; made here when it is left out. */
  readonly fingerprint?: string;
}

/** Batches to be added to a run. */
export interface FanOut {
  readonly context: WorkerContext;
  readonly queue: VendorQueue;
  readonly run: Job;
  readonly phase: BatchId['phase'];
  /** Order on the vendor's queue: lower goes first. */
  readonly urgency: number;
  /** The span of the run, where there is one. */
  readonly trace?: string | undefined;
  readonly batches: AsyncIterable<NewBatch>;
  readonly token: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How many batches are sent to Redis at a time. */
const bulkSize = 50;

/**
 * Adds the batches of one phase to the vendor's queue, as children of the run. After a crash it is called again with
 * the same batches and adds only those that are not there yet; finished ones are known to the run though they are gone.
 *
 * @returns whether all were added; not when the run is to stop
 * @throws RosterChanged when a batch that is there already had another content
 * @throws WaitingError after the run was handed back because this worker is shutting down
 */
export async function fanOut({
  context,
  queue,
  run,
  phase,
  urgency,
  trace,
  batches,
  token,
  signal,
}: FanOut): Promise<boolean> {
  const options = batchOptions(context, run, urgency, trace);
  const owner = { id: run.id ?? '', job: run.name, seal: sealOf(run.data) };
  const added = await knownBatches(run);
  const known = new Map(added.filter((id) => id.phase === phase).map((id) => [id.number, id.fingerprint]));
  let bulk: Parameters<VendorQueue['addBulk']>[0] = [];
  let number = 0;
  let stopped = false;

  async function flush(): Promise<void> {
    if (signal?.aborted) await handBack(run, token);
    const now = await context.queues.runs.getJob(run.id ?? '');
    stopped = now === undefined || stopReason(now) !== undefined;
    if (!stopped && bulk.length > 0) await queue.addBulk(bulk);
    bulk = [];
  }

  for await (const { text, users, actions, fingerprint: made } of batches) {
    // The source is read to its end even so: the report names everybody who was selected.
    if (stopped) continue;
    const fingerprint = made ?? fingerprintOf(text);
    const jobId = batchId(owner, { phase, number, users, actions, fingerprint });
    const before = known.get(number);
    number += 1;
    if (before !== undefined) {
      if (!fingerprint.startsWith(before)) {
        throw new RosterChanged('while the run was being planned');
      }
      // A run that was nearly all there already sends nothing for a long time.
      if (signal?.aborted) await handBack(run, token);
      continue;
    }
    bulk.push({ name: run.name, data: sendBatch(text), opts: { ...options, jobId } });
    if (bulk.length === bulkSize) await flush();
  }
  // Of a roster that lost users, the batches that are there name more than it has.
  const isShorter = known.keys().some((one) => one >= number);
  if (phase === 'plan' && !stopped && isShorter) throw new RosterChanged('while the run was being planned');
  if (!stopped) await flush();
  return !stopped;
}

/** Hands a run back for another worker to go on with it. @throws WaitingError always, which tells BullMQ */
export async function handBack(run: Job, token: string | undefined): Promise<never> {
  await run.moveToWait(token);
  throw new WaitingError();
}

function batchOptions({ config }: WorkerContext, run: Job, urgency: number, trace: string | undefined) {
  return {
    ...batchContext(trace),
    parent: { id: run.id ?? '', queue: run.queueQualifiedName },
    // A batch that is lost is reported by its run, which goes on without it.
    ignoreDependencyOnFailure: true,
    attempts: config.batchAttempts,
    backoff: { type: 'exponential', delay: config.retryDelay.toMillis(), jitter: 0.25 },
    priority: urgency,
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 1,
  };
}
