import type { Observation } from '../../jobs/job.ts';
import { TemporaryFolderError } from '../../sorting/nameless-file.ts';
import { finishedBatches } from '../batch-worker/batch-results.ts';
import { handBack } from '../batch-worker/fan-out.ts';
import type { RunState } from '../messages/run-state.ts';
import { closeFindings, type NewFindings, rememberFindings } from '../records/findings.ts';
import type { RunUnderWay } from './steps.ts';

/** What shows once all users of a run were seen. */
interface Conclusion extends Pick<RunState, 'ending'> {
  /** By rule, how many findings show only across users. */
  readonly findings: Readonly<Record<string, number>>;
  readonly newFindings: NewFindings;
}

/**
 * Findings that show only across users: logs each, keeps them for people to look at, and counts them. A run that has
 * failed is not looked at: it may have failed of just that, and what it saw is not all.
 */
export async function conclude(under: RunUnderWay, { ending }: RunState): Promise<Conclusion> {
  const { context, maintenance, run, log } = under;
  const findings: Record<string, number> = {};
  if (!maintenance.conclude || ending?.status === 'failed') return { findings, newFindings: {} };
  try {
    for await (const finding of maintenance.conclude(observations(under), context.sort)) {
      findings[finding.rule] = (findings[finding.rule] ?? 0) + 1;
      await rememberFindings(context.queues, run, [finding]);
      log.info({ finding }, 'finding');
    }
  } catch (error) {
    if (!(error instanceof TemporaryFolderError)) throw error;
    // What each user shows by himself is found, and reported all the same; the last findings stay the last.
    return { findings, newFindings: {}, ending: { status: 'failed', reason: error.message } };
  }
  const keepForMs = context.config.keepRunsFor.toMillis();
  return { findings, newFindings: await closeFindings(context.queues, run, keepForMs) };
}

async function* observations({ run, token, signal }: RunUnderWay): AsyncGenerator<readonly Observation[]> {
  for await (const { result } of finishedBatches(run)) {
    if (signal?.aborted) await handBack(run, token);
    if (result.observations) yield result.observations;
  }
}
