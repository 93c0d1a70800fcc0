import { type AnyJob, findJob } from '../../jobs/index.ts';
import { batchSizes } from '../../runs/batch-sizes.ts';
import { canarySize } from '../../runs/soonest-first.ts';
import { firstWrites, type RunState, stateToShow } from '../messages/run-state.ts';
import type { RunsQueue } from '../queues.ts';
import { findRun } from '../records/runs/find-run.ts';
import { stopReason } from '../stop-run.ts';

/** How far a run is. */
export interface RunProgress {
  readonly phase: string;
  /** Batches of this phase. */
  readonly done: number;
  readonly total: number;
  /** What is in them; undefined in a phase without batches. */
  readonly items: ItemProgress | undefined;
  /** It is to stop: the batches that come back from now on were mostly not done. */
  readonly isStopping?: true;
}

/** How far a phase is in what people count, to a batch: what a batch under way has done is not known here. */
export interface ItemProgress {
  readonly what: 'users' | 'actions';
  readonly done: number;
  /** Undefined while the roster is still being read. */
  readonly total: number | undefined;
}

/** How far a run is; undefined when it has not begun or is not there. */
export async function runProgress(runs: RunsQueue, id: string): Promise<RunProgress | undefined> {
  const run = await findRun(runs, id);
  const state = stateToShow(run?.data);
  const maintenance = findJob(run?.name ?? '');
  if (!run || !state || !maintenance) return undefined;
  const counts = await run.getDependenciesCount({ processed: true, ignored: true, unprocessed: true });
  const { processed = 0, ignored = 0, unprocessed = 0 } = counts;
  const progress = progressOf(maintenance, state, { ended: processed + ignored, left: unprocessed });
  return stopReason(run) === undefined ? progress : { ...progress, isStopping: true };
}

/**
 * How far a run is.
 *
 * @param batches of all its phases so far
 */
export function progressOf(
  maintenance: AnyJob,
  state: RunState,
  batches: { readonly ended: number; readonly left: number },
): RunProgress {
  const plansInBatches = maintenance.plansFrom === 'vendor';
  // The canary is the beginning of applying.
  const phase = state.phase === 'canary' ? 'apply' : state.phase;
  const planBatches = plansInBatches && phase === 'apply' ? Math.ceil(state.selected / state.batchSize) : 0;
  // Somebody may have removed batches of the plan.
  const done = Math.max(0, batches.ended - planBatches);
  return { phase, done, total: done + batches.left, items: itemsIn(maintenance, state, done) };
}

/**
 * How far a run is in users or actions, from how many batches of its phase have ended.
 *
 * @param batches of the canary and of what follows it together
 */
export function itemsIn(maintenance: AnyJob, state: RunState, batches: number): ItemProgress | undefined {
  const { phase, batchSize, selected, planned, fannedOut } = state;
  if (phase === 'plan') {
    const done = batches * batchSize;
    return fannedOut
      ? { what: 'users', done: Math.min(done, selected), total: selected }
      : { what: 'users', done, total: undefined };
  }
  if (phase !== 'canary' && phase !== 'apply') return undefined;
  if (maintenance.plansFrom === 'roster') {
    if (phase !== 'apply') return undefined;
    return { what: 'users', done: sumOf(batchSizes(selected, batchSize), batches), total: selected };
  }
  const canary = firstWrites(maintenance, state) === 'canary' ? Math.min(canarySize(planned), planned) : 0;
  const sizes = [...batchSizes(canary, batchSize), ...batchSizes(planned - canary, batchSize)];
  return { what: 'actions', done: sumOf(sizes.values(), batches), total: planned };
}

function sumOf(sizes: IteratorObject<number>, batches: number): number {
  return sizes.take(batches).reduce((sum, size) => sum + size, 0);
}
