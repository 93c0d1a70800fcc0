import type { Door } from '../context.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { withRoster } from './roster-source.ts';
import { workOnOwnRun } from './run-in-process.ts';
import { type RunOptions, requestOf, requireJob } from './run-request.ts';

/** `caretaker run <job>`: adds a run, works until it is finished, prints its report. */
export async function runJob(door: Door, jobName: string, options: RunOptions): Promise<number> {
  const config = readConfig(door);
  const job = requireJob(config, jobName).name;
  const log = startLog(door, config, 'errors');
  return withRoster(door, config, options.user, async (openRoster) => {
    const request = await requestOf(door, config, options);
    return workOnOwnRun(door, config, log, { job, request, openRoster }, options.json ?? false);
  });
}
