import { readRequest } from '../../messages/run-request.ts';
import type { RunState } from '../../messages/run-state.ts';
import type { RunJob } from '../../queues.ts';
import type { Store } from './record-fields.ts';
import { exchangeState, writeState } from './write-state.ts';

/** Writes the state of a run down, beside what was asked for. */
export async function saveState(store: Store, run: RunJob, state: RunState): Promise<RunState> {
  await writeState(store, run.id ?? '', state, run.token);
  return takeOver(run, state);
}

/**
 * Changes the state of a run on which several may decide at once: whoever comes second decides anew, by what the first
 * has written.
 *
 * @param decide is given what is kept of the run as it is now; what it throws is passed on
 */
export async function changeState(
  store: Store,
  run: RunJob,
  decide: (data: unknown) => Promise<RunState> | RunState,
): Promise<RunState> {
  return takeOver(run, await exchangeState(store, run.id ?? '', decide));
}

function takeOver(run: RunJob, state: RunState): RunState {
  run.data = { ...readRequest(run.data), state };
  return state;
}
