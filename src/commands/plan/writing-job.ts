import type { Config, JobConfig } from '../../config/config.ts';
import { envPrefix } from '../../domain/vendor.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { requireJob } from '../run/run-request.ts';
import { UsageError } from '../usage-error.ts';

/** A job that writes, and what the operator set for it. */
export interface WritingJob {
  readonly job: AnyJob;
  readonly jobConfig: JobConfig;
  /** Of its vendor. */
  readonly address: string;
}

/** The job of that name. @throws UsageError when there is none, it is switched off, or it only reads */
export function requireWritingJob(config: Config, name: string): WritingJob {
  const job = requireJob(config, name);
  if (!job.apply) {
    throw new UsageError(
      `The job ${name} only reads, so it has nothing to plan.`,
      `Run it with: caretaker run ${name}`,
    );
  }
  const jobConfig = config.jobs[name];
  const address = config[job.vendor]?.url.href;
  if (!jobConfig || address === undefined) {
    const variable = `${envPrefix(job.vendor)}URL`;
    throw new UsageError(
      `The job ${name} needs ${variable}, which is not set.`,
      'Set it; caretaker config --reference describes all variables.',
    );
  }
  return { job, jobConfig, address };
}
