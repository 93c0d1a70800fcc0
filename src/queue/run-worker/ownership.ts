import { findJob } from '../../jobs/index.ts';
import { aliveWorkers } from '../alive-workers.ts';
import type { WorkerContext } from '../context.ts';
import type { Origin } from '../messages/run-request.ts';
import type { RunState } from '../messages/run-state.ts';

/** Why a run ends whose roster nobody has any more. */
export const ownerGone =
  'The command that brought this run ended before the run had read its roster; start it again.';

/** What is known of a run or a request, as far as it can be read. */
interface Owned {
  readonly job: string;
  readonly origin: Origin | undefined;
  readonly state: RunState | undefined;
}

/** Who has to go on with this: only the command that was given the roster can read it; after that, any worker. */
export async function ownerOf(
  context: WorkerContext,
  { job, origin, state }: Owned,
): Promise<'anybody' | 'another' | 'gone'> {
  const owner = origin?.worker;
  if (owner === undefined || owner === context.name || !readsRoster(job, state)) return 'anybody';
  const alive = await aliveWorkers(context.queues);
  return alive.some(({ name }) => name === owner) ? 'another' : 'gone';
}

/** Whether the roster still has to be read: once its users are in batches, any worker can go on. */
function readsRoster(job: string, state: RunState | undefined): boolean {
  if (!state) return true;
  const lastPhase = findJob(job)?.plansFrom === 'vendor' ? 'plan' : 'apply';
  // A held plan is bound to its fingerprint: whoever reads the roster again for it has to find the same users.
  if (state.hold) return false;
  return state.phase === lastPhase ? !state.fannedOut : state.phase === 'gate' && lastPhase === 'apply';
}
