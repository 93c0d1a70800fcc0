import { randomUUID } from 'node:crypto';
import { UnrecoverableError } from 'bullmq';
import type { RunState } from '../../messages/run-state.ts';
import { runsQueueName } from '../../queues.ts';
import { recordKey, type Store, stateOf } from './record-fields.ts';

/** The state is that of whoever has the lock of the run: one who was cut off from Redis may come back with an older one. */
const setIfOurs = `
if ARGV[2] ~= '' and redis.call('get', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('hset', KEYS[1], 'state', ARGV[1])
return 1
`;

/**
 * Writes the state of a run down.
 *
 * @param token of the worker that has the run
 * @throws UnrecoverableError when another one has it
 */
export async function writeState(
  { redis, prefix }: Store,
  id: string,
  state: RunState,
  token = '',
): Promise<void> {
  const lock = `${prefix}:${runsQueueName}:${id}:lock`;
  const isOurs = await redis.eval(setIfOurs, 2, recordKey(prefix, id), lock, JSON.stringify(state), token);
  if (isOurs !== 1) throw new UnrecoverableError(`another worker has the run ${id}`);
}

/** A change whose reply was lost with the connection is sent again, and is no change of somebody else. */
const setIfUnchanged = `
if redis.call('hget', KEYS[1], 'change') == ARGV[3] then return 1 end
if redis.call('hget', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'state', ARGV[2], 'change', ARGV[3])
return 1
`;

/**
 * Changes the state of a run on which several may decide at once: whoever comes second decides anew, by what the first
 * has written.
 *
 * @param decide is given the `state` as it is now, to be parsed; what it throws is passed on
 */
export async function exchangeState(
  { redis, prefix }: Store,
  id: string,
  decide: (kept: { readonly state?: unknown }) => Promise<RunState> | RunState,
): Promise<RunState> {
  const key = recordKey(prefix, id);
  for (;;) {
    const before = await redis.hget(key, 'state');
    const state = await decide(stateOf(before));
    const after = JSON.stringify(state);
    const change = randomUUID();
    if ((await redis.eval(setIfUnchanged, 1, key, before ?? '', after, change)) === 1) return state;
  }
}
