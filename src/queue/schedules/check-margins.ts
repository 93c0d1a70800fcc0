import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { policyProblem } from '../../config/settings/job.ts';
import type { Problem } from '../../config/settings/problem.ts';
import { jobs } from '../../jobs/index.ts';
import type { Queues } from '../queues.ts';
import { readBaseline } from '../records/baseline.ts';

/** A policy that does not fit its schedule, as the last runs of its job show. */
export interface MarginProblem extends Problem {
  readonly job: string;
}

/** Checks every policy against its schedule and the time that runs of the job have usually taken. */
export async function checkMargins(queues: Queues, config: Config, now: DateTime): Promise<MarginProblem[]> {
  const problems: MarginProblem[] = [];
  for (const job of jobs) {
    const jobConfig = config.jobs[job.name];
    if (!jobConfig?.enabled || !job.check) continue;
    const { schedule, timeZone, policy, history } = jobConfig;
    const baseline = await readBaseline(queues, job.name, config.mode, history);
    const found = job.check(policy, longestGapMs(schedule, timeZone, now), baseline?.durationMs ?? 0);
    problems.push(...found.map((mismatch) => ({ job: job.name, ...policyProblem(job.name, mismatch) })));
  }
  return problems;
}
