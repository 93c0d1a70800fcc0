import type { Observation } from '../jobs/job.ts';
import { finishedBatches } from './batches.ts';
import type { RunUnderWay } from './run-steps.ts';

/** Findings that show only across users: logs each, and counts them by rule. */
export async function conclude({ maintenance, run, log }: RunUnderWay): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  if (!maintenance.conclude) return counts;
  for await (const finding of maintenance.conclude(observations(run))) {
    counts[finding.rule] = (counts[finding.rule] ?? 0) + 1;
    log.info({ finding }, 'finding');
  }
  return counts;
}

async function* observations(run: RunUnderWay['run']): AsyncGenerator<Observation> {
  for await (const { result } of finishedBatches(run)) yield* result.observations ?? [];
}
