import type { Job } from 'bullmq';
import { findJob } from '../../jobs/index.ts';
import type { WorkerContext } from '../context.ts';
import type { RunData } from '../messages/payloads.ts';

/** Why a run ends whose roster nobody has any more. */
export const ownerGone =
  'The command that brought this run ended before its roster was read; start it again.';

/** Who has to go on with this: only the command that was given the roster can read it; after that, any worker. */
export async function ownerOf(
  context: WorkerContext,
  { id, name, data }: Job<RunData>,
): Promise<'anybody' | 'another' | 'gone'> {
  if (context.onlyRun !== undefined && context.onlyRun !== id) return 'another';
  const owner = data.origin?.worker;
  if (owner === undefined || owner === context.name || !readsRoster(name, data)) return 'anybody';
  const workers = await context.queues.runs.getWorkers();
  return workers.some(({ rawname }) => rawname?.includes(owner)) ? 'another' : 'gone';
}

/** Whether the roster still has to be read: once its users are in batches, any worker can go on. */
function readsRoster(job: string, { state }: RunData): boolean {
  if (!state) return true;
  const lastPhase = findJob(job)?.plansFrom === 'vendor' ? 'plan' : 'apply';
  // A held plan is bound to its fingerprint: whoever reads the roster again for it has to find the same users.
  if (state.hold) return false;
  return state.phase === lastPhase ? !state.fannedOut : state.phase === 'gate' && lastPhase === 'apply';
}
