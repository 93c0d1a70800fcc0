import type { PlanFile } from '../../../runs/plan-files/plan-file.ts';
import { planParts } from '../../../runs/plan-files/split-plan.ts';
import type { NewBatch } from '../../batch-worker/fan-out.ts';
import { batchText } from '../../messages/batch-data.ts';
import type { RunState } from '../../messages/run-state.ts';
import { toActionTuple } from '../../messages/tuples.ts';
import type { UserSource } from './user-source.ts';

/*
 * A run that applies a plan file is a run like any other whose plan batches ask nobody: they bring what the file says.
 * Gate, hold, canary, resume and report then need to know nothing of files.
 */

/** How the run of a plan file begins otherwise than any other: with the moment of its plan, and looking again. */
export function filedBeginning(source: UserSource): Partial<RunState> {
  return source.kind === 'plan' ? { plannedAt: source.plan.plannedAt, recheck: true } : {};
}

/** The plan batches of a plan file. */
export async function* filedBatches(plan: PlanFile, batchSize: number): AsyncGenerator<NewBatch> {
  for (const { users, actions } of planParts(plan, batchSize)) {
    const text = batchText({ planned: { users, actions: actions.map(toActionTuple) } });
    yield { text, users, actions: 0 };
  }
}
