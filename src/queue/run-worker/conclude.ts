import type { Observation } from '../../jobs/job.ts';
import { finishedBatches } from '../batch-worker/batch-results.ts';
import { closeFindings, type NewFindings, rememberFindings } from '../records/findings.ts';
import type { RunUnderWay } from './steps.ts';

/** What shows once all users of a run were seen. */
interface Conclusion {
  /** By rule, how many findings show only across users. */
  readonly findings: Readonly<Record<string, number>>;
  readonly newFindings: NewFindings;
}

/** Findings that show only across users: logs each, keeps them for people to look at, and counts them. */
export async function conclude({ context, maintenance, run, log }: RunUnderWay): Promise<Conclusion> {
  const counts: Record<string, number> = {};
  if (!maintenance.conclude) return { findings: counts, newFindings: {} };
  for await (const finding of maintenance.conclude(observations(run))) {
    counts[finding.rule] = (counts[finding.rule] ?? 0) + 1;
    await rememberFindings(context.queues, run, [finding]);
    log.info({ finding }, 'finding');
  }
  const keepForMs = context.config.keepRunsFor.toMillis();
  return { findings: counts, newFindings: await closeFindings(context.queues, run, keepForMs) };
}

async function* observations(run: RunUnderWay['run']): AsyncGenerator<Observation> {
  for await (const { result } of finishedBatches(run)) yield* result.observations ?? [];
}
