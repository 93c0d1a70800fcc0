import { DateTime } from 'luxon';
import type { Action } from '../jobs/job.ts';
import { countAtRisk } from '../runs/at-risk.ts';
import { countIneffective } from './applied.ts';
import { finishedBatches } from './batches.ts';
import type { RunState } from './run-state.ts';
import type { RunUnderWay } from './run-steps.ts';

/** What can be told of a plan before it is applied: what comes too late, and what came to nothing last time. */
export async function foresee(
  under: RunUnderWay,
  state: RunState,
  requests: number,
): Promise<Pick<RunState, 'atRisk' | 'ineffective'>> {
  const { crew, maintenance, run, log } = under;
  // A plan file may be applied twice: that nothing was planned anew says nothing about the writes.
  const plannedAnew = run.data.origin?.plan === undefined;
  const deadlines: number[] = [];
  let ineffective = 0;
  for await (const { id, result } of finishedBatches(run)) {
    if (id.phase !== 'plan' || !result.actions) continue;
    deadlines.push(...deadlinesOf(result.actions));
    if (plannedAnew) ineffective += await countIneffective(crew.queues, maintenance.name, result.actions);
  }
  const now = crew.now();
  const seconds = now.diff(DateTime.fromISO(state.startedAt)).as('seconds');
  // With a budget its pace is known; without one the reads of the plan have shown it.
  const budget = crew.config[maintenance.vendor]?.requestsPerSecond ?? 0;
  const shown = requests > 0 ? requests / Math.max(seconds, 1) : Number.POSITIVE_INFINITY;
  const actionsPerSecond = budget > 0 ? budget : shown;
  const soonestFirst = deadlines.sort((one, other) => one - other);
  const atRisk = countAtRisk(soonestFirst, { startMs: now.toMillis(), actionsPerSecond });
  if (atRisk > 0) log.warn({ atRisk, planned: state.planned, actionsPerSecond }, 'actions at risk');
  if (ineffective > 0) log.warn({ ineffective, planned: state.planned }, 'actions without effect');
  return { atRisk, ineffective };
}

function deadlinesOf(actions: readonly Action[]): number[] {
  return actions.flatMap(({ deadline }) => (deadline === undefined ? [] : [deadline]));
}
