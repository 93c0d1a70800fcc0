import type { Config } from '../../config/config.ts';
import { jobPrefix } from '../../config/settings/job.ts';

/** Why a job does not run in this process; undefined where it does. Its runs under way are stopped as well. */
export function reasonIfOff({ jobs }: Pick<Config, 'jobs'>, name: string): string | undefined {
  return jobs[name]?.enabled
    ? undefined
    : `The job ${name} is switched off by ${jobPrefix(name)}ENABLED=false.`;
}
