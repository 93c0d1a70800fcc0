import { readRequest } from '../messages/payloads.ts';
import type { RunState } from '../messages/run-state.ts';
import type { Queues, RunJob } from '../queues.ts';

/** Writes the state of a run down, beside what was asked for. */
export async function saveState(run: RunJob, state: RunState): Promise<RunState> {
  await run.updateData({ ...readRequest(run.data), state });
  return state;
}

const setIfUnchanged = `
if redis.call('hget', KEYS[1], 'data') ~= ARGV[1] then return 0 end
redis.call('hset', KEYS[1], 'data', ARGV[2])
return 1
`;

/**
 * Changes the state of a run on which several may decide at once: whoever comes second decides anew, by what the first
 * has written.
 *
 * @param decide is given the data of the run as it is now; what it throws is passed on
 */
export async function changeState(
  { redis, runs }: Pick<Queues, 'redis' | 'runs'>,
  run: RunJob,
  decide: (data: unknown) => Promise<RunState> | RunState,
): Promise<RunState> {
  // BullMQ's own call replaces the data, whatever it is by then.
  const key = runs.toKey(run.id ?? '');
  for (;;) {
    const before = (await redis.hget(key, 'data')) ?? '{}';
    const data: unknown = JSON.parse(before);
    const state = await decide(data);
    const after = { ...readRequest(data), state };
    if ((await redis.eval(setIfUnchanged, 1, key, before, JSON.stringify(after))) !== 1) continue;
    run.data = after;
    return state;
  }
}
