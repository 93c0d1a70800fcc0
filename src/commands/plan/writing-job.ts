import type { Config, JobConfig } from '../../config/config.ts';
import { envPrefix } from '../../domain/vendor.ts';
import type { AnyJob } from '../../jobs/index.ts';
import { UsageError } from '../context.ts';
import { requireJob } from '../run/run-request.ts';

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
    throw new UsageError(`The job ${name} only reads, so there is nothing to plan: caretaker run ${name}`);
  }
  const jobConfig = config.jobs[name];
  const address = config[job.vendor]?.url.href;
  if (!jobConfig || address === undefined) {
    throw new UsageError(`The job ${name} needs ${envPrefix(job.vendor)}URL, which is not set.`);
  }
  return { job, jobConfig, address };
}
