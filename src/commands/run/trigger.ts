import { addRun, newRunId } from '../../queue/run-worker/add-run.ts';
import { type Door, exitCodes } from '../context.ts';
import { readConfig, startLog } from '../setup/config.ts';
import { openQueuesNow } from '../setup/queues.ts';
import { answerJson, answerLine } from '../terminal/output.ts';
import { type RunOptions, refusePaused, requestOf, requireJob } from './run-request.ts';

/** `caretaker trigger <job>`: adds a run for the workers and tells its id. */
export async function triggerRun(door: Door, jobName: string, options: RunOptions): Promise<number> {
  const config = readConfig(door);
  const job = requireJob(config, jobName);
  const log = startLog(door, config, 'errors');
  const queues = await openQueuesNow(config, log);
  try {
    await refusePaused(queues, job.name);
    const request = await requestOf(door, config, options);
    const added = await addRun(
      queues.runs,
      job.name,
      request,
      { trigger: 'command' },
      newRunId(job.name, door.now()),
    );
    if (options.json) answerJson(door, added);
    else answerLine(door, added.status === 'queued' ? `queued: ${added.id}` : `already running: ${added.id}`);
    return added.status === 'queued' ? exitCodes.completed : exitCodes.skipped;
  } finally {
    await queues.close();
  }
}
