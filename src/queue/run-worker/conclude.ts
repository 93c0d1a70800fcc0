import type { Observation } from '../../jobs/job.ts';
import { finishedBatches } from '../batch-worker/batch-results.ts';
import { rememberFindings } from '../records/findings.ts';
import type { RunUnderWay } from './steps.ts';

/** Findings that show only across users: logs each, keeps them for people to look at, and counts them by rule. */
export async function conclude({
  context,
  maintenance,
  run,
  log,
}: RunUnderWay): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  if (!maintenance.conclude) return counts;
  for await (const finding of maintenance.conclude(observations(run))) {
    counts[finding.rule] = (counts[finding.rule] ?? 0) + 1;
    await rememberFindings(context.queues, run, [finding], context.config.keepFindings);
    log.info({ finding }, 'finding');
  }
  return counts;
}

async function* observations(run: RunUnderWay['run']): AsyncGenerator<Observation> {
  for await (const { result } of finishedBatches(run)) yield* result.observations ?? [];
}
