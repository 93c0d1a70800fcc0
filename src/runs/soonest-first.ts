import type { Action } from '../jobs/job.ts';
import type { Sort } from '../sorting/sort.ts';
import { batchSizes } from './batch-sizes.ts';

/** The order in which actions are applied and shown: the soonest deadline first, and always the same. */
export function compareActions(one: Action, other: Action): number {
  const latest = Number.POSITIVE_INFINITY;
  const [first, second] = [one.deadline ?? latest, other.deadline ?? latest];
  if (first !== second) return first - second;
  const [key, otherKey] = [keyOf(one), keyOf(other)];
  return key === otherKey ? 0 : key < otherKey ? -1 : 1;
}

function keyOf({ user, subject }: Action): string {
  return `${user.userStorageName}\n${user.username}\n${subject}`;
}

/** One phase of writing: the canary, or what it left. */
export interface WritingPhase {
  readonly phase: 'canary' | 'apply';
  /** How many actions the canary takes; 0 without one. */
  readonly canary: number;
  /** How many actions there are in both phases. */
  readonly planned: number;
  /** The most actions in a batch. */
  readonly batchSize: number;
}

/** One action in a hundred, at least ten. */
export function canarySize(planned: number): number {
  return Math.max(10, Math.ceil(planned / 100));
}

/**
 * Cuts a plan into batches, the soonest deadline first. They are the same every time, so that a second worker makes the
 * batches of the first.
 *
 * @param plan in any order, larger than memory if need be
 * @throws TemporaryFolderError when it has to go to the temporary folder, and that does not take it
 */
export async function* applyBatches(
  plan: AsyncIterable<readonly Action[]>,
  { phase, canary, planned, batchSize }: WritingPhase,
  sort: Sort,
): AsyncGenerator<readonly Action[]> {
  const order = { compare: compareActions, ...(phase === 'canary' ? { atMost: canary } : {}) };
  let skip = phase === 'canary' ? 0 : canary;
  const sizes = batchSizes(phase === 'canary' ? Math.min(canary, planned) : planned - canary, batchSize);
  const nextSize = () => sizes.next().value ?? batchSize;
  let size = nextSize();
  let batch: Action[] = [];
  for await (const actions of sort(plan, order)) {
    for (const action of actions) {
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      batch.push(action);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
      size = nextSize();
    }
  }
  if (batch.length > 0) yield batch;
}
