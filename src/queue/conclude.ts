import type { Observation } from '../jobs/job.ts';
import { finishedBatches } from './batches.ts';
import { gatherFindings, keepFindings } from './findings.ts';
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
  const gathered = gatherFindings(run.id ?? '');
  for await (const finding of maintenance.conclude(observations(run))) {
    counts[finding.rule] = (counts[finding.rule] ?? 0) + 1;
    gathered.add(finding);
    log.info({ finding }, 'finding');
  }
  // A look at a few users says nothing of the others.
  if (!run.data.users) {
    await keepFindings(crew.queues, maintenance.name, gathered.sum(), crew.config.keepRunsFor.toMillis());
  }
  return counts;
}

async function* observations(run: RunUnderWay['run']): AsyncGenerator<Observation> {
  for await (const { result } of finishedBatches(run)) yield* result.observations ?? [];
}
