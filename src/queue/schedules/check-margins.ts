import type { DateTime } from 'luxon';
import type { Config } from '../../config/config.ts';
import { longestGapMs } from '../../config/schedule/longest-gap.ts';
import { jobPrefix } from '../../config/settings/job.ts';
import { readTexts } from '../../config/settings/read-group.ts';
import { findJob, jobNames } from '../../jobs/index.ts';
import type { RunsQueue } from '../queues.ts';
import { readBaseline } from '../run-worker/baseline.ts';

/** One policy that does not go with its schedule, as its history shows. */
export interface MarginProblem {
  readonly job: string;
  readonly message: string;
}

/** Checks every policy against its schedule and the time that runs of the job have usually taken. */
export async function checkMargins(runs: RunsQueue, config: Config, now: DateTime): Promise<MarginProblem[]> {
  const problems: MarginProblem[] = [];
  for (const job of jobNames.flatMap((name) => findJob(name) ?? [])) {
    const jobConfig = config.jobs[job.name];
    if (!jobConfig?.enabled || !job.check) continue;
    const { schedule, timeZone, policyTexts, history } = jobConfig;
    const baseline = await readBaseline(runs, job.name, config.mode, history);
    const policy = readTexts(jobPrefix(job.name), job.policy, policyTexts);
    const found = job.check(policy, longestGapMs(schedule, timeZone, now), baseline?.durationMs ?? 0);
    problems.push(...found.map((message) => ({ job: job.name, message })));
  }
  return problems;
}
