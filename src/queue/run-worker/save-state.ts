import { readRequest } from '../messages/payloads.ts';
import type { RunState } from '../messages/run-state.ts';
import type { RunJob } from '../queues.ts';

/** Writes the state of a run down, beside what was asked for. */
export async function saveState(run: RunJob, state: RunState): Promise<RunState> {
  await run.updateData({ ...readRequest(run.data), state });
  return state;
}
