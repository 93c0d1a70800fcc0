import type { Config } from '../config/config.ts';
import { jobPrefix } from '../config/settings/job.ts';
import type { WorkerContext } from './context.ts';
import { stopRun } from './stop-run.ts';

/** Why a job does not run in this process; undefined where it does. Its runs under way are stopped as well. */
export function reasonIfOff({ jobs }: Pick<Config, 'jobs'>, name: string): string | undefined {
  return jobs[name]?.enabled
    ? undefined
    : `The job ${name} is switched off by ${jobPrefix(name)}ENABLED=false.`;
}

/** Stops the runs of jobs that are switched off here: other processes may have all their batches at work. */
export async function stopSwitchedOff({ config, queues, log }: WorkerContext): Promise<void> {
  for (const name of Object.keys(config.jobs)) {
    const reason = reasonIfOff(config, name);
    const id = reason === undefined ? null : await queues.runs.getDeduplicationJobId(name);
    if (reason === undefined || !id) continue;
    log.warn({ run: id, job: name, reason }, 'run stopped');
    await stopRun(queues.runs, id, reason);
  }
}
