import { exitCodes } from '../../domain/exit-codes.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import type { CommandContext } from '../context.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { openQueuesNow } from '../setup/queues.ts';
import { printJson, printLine } from '../terminal/output.ts';
import { type RunOptions, refusePaused, requestOf, requireJob } from './run-request.ts';

/** `caretaker trigger <job>`: adds a run for the workers and tells its id. */
export async function triggerRun(
  context: CommandContext,
  jobName: string,
  options: RunOptions,
): Promise<number> {
  const config = readConfig(context);
  const job = requireJob(config, jobName);
  const log = startLog(context, config, 'errors');
  const queues = await openQueuesNow(config, log);
  try {
    await refusePaused(queues, job.name);
    const request = await requestOf(context, config, options);
    const added = await addRun(
      queues.runs,
      job.name,
      request,
      { trigger: 'command' },
      newRunId(job.name, context.now()),
    );
    if (options.json) printJson(context, added);
    else
      printLine(context, added.status === 'queued' ? `queued: ${added.id}` : `already running: ${added.id}`);
    return added.status === 'queued' ? exitCodes.completed : exitCodes.skipped;
  } finally {
    await queues.close();
  }
}
