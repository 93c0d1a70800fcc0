import { DateTime } from 'luxon';
import { countAtRisk, createDeadlines } from '../../../runs/at-risk.ts';
import type { FinishedBatch } from '../../batch-worker/batch-results.ts';
import type { RunState } from '../../messages/run-state.ts';
import { countIneffective, hasApplied } from '../../records/applied.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** Sees every batch of a plan, and then tells what can be told before it is applied. */
export interface Forecast {
  see(batch: FinishedBatch): Promise<void>;
  /** What comes too late, and what had no effect last time; `requests`: how many the plan took. */
  tell(state: RunState, requests: number): Pick<RunState, 'atRisk' | 'ineffective'>;
}

/** Begins to look at a plan. */
export async function createForecast({ context, maintenance, request, log }: RunUnderWay): Promise<Forecast> {
  // A plan file may be applied twice: that nothing was planned anew says nothing about the writes.
  const plannedAnew = request.origin?.plan === undefined;
  const comparable = plannedAnew && (await hasApplied(context.queues, maintenance.name));
  const deadlines = createDeadlines();
  let ineffective = 0;

  return {
    async see({ id, result }) {
      if (id.phase !== 'plan' || !result.actions) return;
      for (const { deadline } of result.actions) if (deadline !== undefined) deadlines.add(deadline);
      if (comparable) ineffective += await countIneffective(context.queues, maintenance.name, result.actions);
    },
    tell({ startedAt, planned }, requests) {
      const now = context.now();
      const seconds = now.diff(DateTime.fromISO(startedAt)).as('seconds');
      // With a budget its pace is known; without one the reads of the plan have shown it.
      const budget = context.config[maintenance.vendor]?.requestsPerSecond ?? 0;
      const shown = requests > 0 ? requests / Math.max(seconds, 1) : Number.POSITIVE_INFINITY;
      const actionsPerSecond = budget > 0 ? budget : shown;
      const atRisk = countAtRisk(deadlines.soonestFirst(), { startMs: now.toMillis(), actionsPerSecond });
      if (atRisk > 0) log.warn({ atRisk, planned, actionsPerSecond }, 'actions at risk');
      if (ineffective > 0) log.warn({ ineffective, planned }, 'actions without effect');
      return { atRisk, ineffective };
    },
  };
}
