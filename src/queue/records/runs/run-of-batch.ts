import type { RunsQueue } from '../../queues.ts';
import { parsed, recordKey, stateOf } from './record-fields.ts';

/** What a batch needs of its run: everything but the users that the request may name. */
export interface RunOfBatch {
  readonly id: string;
  readonly name: string;
  /** Its `state`, and `users` when the request names some; to be parsed. */
  readonly data: unknown;
  /** Of its BullMQ job. */
  readonly progress: unknown;
}

/** The run of a batch; undefined when it is not there. Costs no more round trips than one. */
export async function readRunOfBatch(runs: RunsQueue, id: string): Promise<RunOfBatch | undefined> {
  const { redis, prefix } = runs;
  const [[job, state, named, over], progress] = await Promise.all([
    redis.hmget(recordKey(prefix, id), 'job', 'state', 'named', 'over'),
    redis.hget(runs.toKey(id), 'progress'),
  ]);
  if (typeof job !== 'string' || typeof over === 'string') return undefined;
  const data = { ...(named ? { users: true } : {}), ...stateOf(state) };
  return { id, name: job, data, progress: parsed(progress) ?? 0 };
}
