import type { Observation } from '../jobs/job.ts';
import { finishedBatches } from './batches.ts';
import { closeFindings, rememberFindings } from './findings.ts';
import type { RunUnderWay } from './run-steps.ts';

/** Findings that show only across users: logs each, keeps them for people to look at, and counts them by rule. */
export async function conclude({
  crew,
  maintenance,
  run,
  log,
}: RunUnderWay): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  if (!maintenance.conclude) return counts;
  for await (const finding of maintenance.conclude(observations(run))) {
    counts[finding.rule] = (counts[finding.rule] ?? 0) + 1;
    await rememberFindings(crew.queues, run, [finding]);
    log.info({ finding }, 'finding');
  }
  await closeFindings(crew.queues, run, crew.config.keepRunsFor.toMillis());
  return counts;
}

async function* observations(run: RunUnderWay['run']): AsyncGenerator<Observation> {
  for await (const { result } of finishedBatches(run)) yield* result.observations ?? [];
}
