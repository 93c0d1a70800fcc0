import { fieldsOf, type NewRun, objectOf, recordKey, type Store, stateOf } from './record-fields.ts';

/*
 * What was asked of a run, and what it knows of itself. A run is what has such a record, and nothing else: it lies outside
 * the keys of the queues, so that no message, whatever its data, its id and its options, can make or change one.
 */

/** What is kept of a run. */
export interface RunRecord {
  readonly job: string;
  /** What was asked for, and the `state` of the run once it has begun; to be parsed. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it has ended, and is kept only to be looked at. */
  readonly isOver: boolean;
}

/** Keeps what was asked of a run that is not to begin, and stands in nobody's way. */
export async function keepRecord({ redis, prefix }: Store, run: NewRun): Promise<void> {
  await redis.hset(recordKey(prefix, run.id), ...fieldsOf(run));
}

/** What is kept of a run; undefined when there is no such run, or it has ended well. */
export async function readRecord({ redis, prefix }: Store, id: string): Promise<RunRecord | undefined> {
  const [job, request, state, over] = await redis.hmget(
    recordKey(prefix, id),
    'job',
    'request',
    'state',
    'over',
  );
  if (typeof job !== 'string' || typeof request !== 'string') return undefined;
  return { job, data: { ...objectOf(request), ...stateOf(state) }, isOver: typeof over === 'string' };
}

/**
 * Ends the record of a run that has ended: its id is that of a run no more.
 *
 * @param keepForMs how long it can still be looked at; left out, its report says all
 */
export async function closeRecord({ redis, prefix }: Store, id: string, keepForMs?: number): Promise<void> {
  const key = recordKey(prefix, id);
  if (keepForMs === undefined) {
    await redis.unlink(key);
  } else if ((await redis.exists(key)) === 1) {
    await redis.hset(key, 'over', '1');
    await redis.pexpire(key, keepForMs);
  }
}
