import { exitCodes } from '../../domain/exit-codes.ts';
import { newRunId } from '../../queue/messages/run-id.ts';
import { runAct } from '../../queue/records/run-act.ts';
import { addRun } from '../../queue/run-worker/requests/add-run.ts';
import type { CommandContext } from '../context.ts';
import { readConfig } from '../setup/config.ts';
import { withRecorder } from '../setup/recorder.ts';
import { printJson, printLine } from '../terminal/output.ts';
import { tellIfNobodyWorks } from '../terminal/print-workers.ts';
import { makeRunRequest, type RunOptions, refusePaused, requireJob } from './run-request.ts';

/** `caretaker trigger <job>`: adds a run for the workers and prints its id. */
export async function triggerRun(
  context: CommandContext,
  jobName: string,
  options: RunOptions,
): Promise<number> {
  const config = readConfig(context, []);
  const job = requireJob(config, jobName).name;
  return withRecorder(context, options.requestedBy, async (queues, recorder) => {
    await refusePaused(queues, job, config);
    // The mode of this shell, not that of whichever worker takes it.
    const { mode = config.mode } = options;
    const request = await makeRunRequest(context, config, { ...options, mode });
    const id = newRunId(job, context.now());
    const act = runAct('trigger', { job, request });
    const added = await recorder.record(
      act,
      () => addRun(queues.runs, job, request, { trigger: 'command' }, id),
      ({ status, id: run }) => ({ outcome: status, on: { ...act.on, run } }),
    );
    const isQueued = added.status === 'queued';
    if (options.json) printJson(context, added);
    else {
      printLine(context, isQueued ? `queued in ${mode}: ${added.id}` : `already running: ${added.id}`);
      await tellIfNobodyWorks(context, queues, [job]);
    }
    return isQueued ? exitCodes.completed : exitCodes.skipped;
  });
}
