import { exitCodes } from '../../domain/exit-codes.ts';
import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import type { CommandContext } from '../context.ts';
import { readConfig } from '../setup/config.ts';
import { withQueues } from '../setup/queues.ts';
import { printJson, printLine } from '../terminal/output.ts';
import { makeRunRequest, type RunOptions, refusePaused, requireJob } from './run-request.ts';

/** `caretaker trigger <job>`: adds a run for the workers and prints its id. */
export async function triggerRun(
  context: CommandContext,
  jobName: string,
  options: RunOptions,
): Promise<number> {
  const config = readConfig(context);
  const job = requireJob(config, jobName);
  return withQueues(
    context,
    async (queues) => {
      await refusePaused(queues, job.name);
      const request = await makeRunRequest(context, config, options);
      const added = await addRun(
        queues.runs,
        job.name,
        request,
        { trigger: 'command' },
        newRunId(job.name, context.now()),
      );
      const isQueued = added.status === 'queued';
      if (options.json) printJson(context, added);
      else printLine(context, `${isQueued ? 'queued' : 'already running'}: ${added.id}`);
      return isQueued ? exitCodes.completed : exitCodes.skipped;
    },
    config,
  );
}
