import type { RunState } from '../../messages/run-state.ts';
import { recordKey, type Store, stateOf } from './record-fields.ts';

/** Writes the state of a run down. */
export async function writeState({ redis, prefix }: Store, id: string, state: RunState): Promise<void> {
  await redis.hset(recordKey(prefix, id), 'state', JSON.stringify(state));
}

const setIfUnchanged = `
if redis.call('hget', KEYS[1], 'state') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'state', ARGV[2])
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
    if ((await redis.eval(setIfUnchanged, 1, key, before ?? '', after)) === 1) return state;
  }
}
