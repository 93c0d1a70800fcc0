import type { CommandContext } from '../context.ts';
import { readConfig, startLog, warnOfAssumptions } from '../setup/config.ts';
import { withQueues } from '../setup/queues.ts';
import { withRoster } from './roster-source.ts';
import { runInProcess } from './run-in-process.ts';
import { makeRunRequest, type RunOptions, refusePaused, requireJob } from './run-request.ts';

/** `caretaker run <job>`: adds a run, works on it to its end, prints its report. */
export async function runJob(context: CommandContext, jobName: string, options: RunOptions): Promise<number> {
  const { name: job, vendor } = requireJob(readConfig(context, []), jobName);
  const config = readConfig(context, [vendor]);
  const log = startLog(context, config, 'errors');
  warnOfAssumptions(log, config, options.mode ?? config.mode, [job]);
  // Where the roster is read from a vendor, a pause comes before it.
  if (config.associates) await withQueues(context, (queues) => refusePaused(queues, job, config), config);
  return withRoster(context, config, options.user, async (openRoster) => {
    const request = await makeRunRequest(context, config, options);
    const json = options.json ?? false;
    return runInProcess(context, { config, log, job, request, openRoster, json });
  });
}
