import type { Observation } from '../../../jobs/job.ts';
import type { Finding } from '../../../policies/finding.ts';
import { TemporaryFolderError } from '../../../sorting/nameless-file.ts';
import { finishedBatches } from '../../batch-worker/batch-results.ts';
import { handBack } from '../../batch-worker/fan-out.ts';
import type { RunState } from '../../messages/run-state.ts';
import { rememberFindings } from '../../records/findings.ts';
import type { RunUnderWay } from './run-under-way.ts';

/** So many findings are written down together: for each by itself Redis would be waited for. */
const rememberedAtOnce = 200;

type Concluded = Pick<RunUnderWay, 'context' | 'maintenance' | 'run' | 'log' | 'token' | 'signal'>;

/** What shows once all users of a run were seen. */
interface Conclusion extends Pick<RunState, 'ending'> {
  /** By rule, how many findings show only across users. */
  readonly findings: Readonly<Record<string, number>>;
}

/**
 * Findings that show only across users: logs each, keeps them for people to look at, and counts them. A run that has
 * failed is not looked at: it may have failed of just that, and what it saw is not all.
 */
export async function conclude(under: Concluded, { ending }: Pick<RunState, 'ending'>): Promise<Conclusion> {
  const { context, maintenance, run, log } = under;
  const findings: Record<string, number> = {};
  if (!maintenance.conclude || ending?.status === 'failed') return { findings };
  try {
    let found: Finding[] = [];
    const remember = () => rememberFindings(context.queues, run, found, context.config.keepFindings);
    for await (const finding of maintenance.conclude(observations(under), context.sort)) {
      findings[finding.rule] = (findings[finding.rule] ?? 0) + 1;
      log.info({ finding }, 'finding');
      found.push(finding);
      if (found.length < rememberedAtOnce) continue;
      await remember();
      found = [];
    }
    await remember();
  } catch (error) {
    if (!(error instanceof TemporaryFolderError)) throw error;
    // What each user shows by himself is found, and reported all the same; the last findings stay the last.
    return { findings, ending: { status: 'failed', reason: error.message } };
  }
  return { findings };
}

async function* observations({ run, token, signal }: Concluded): AsyncGenerator<readonly Observation[]> {
  for await (const { result } of finishedBatches(run)) {
    if (signal?.aborted) await handBack(run, token);
    if (result.observations) yield result.observations;
  }
}
