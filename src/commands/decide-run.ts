import { answerRun } from '../queue/run-worker/hold.ts';
import { type Door, exitCodes } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { answerJson, answerLine } from './terminal/output.ts';

/** `caretaker approve|reject <run>`: answers a held run. Approved, exactly its plan is applied. */
export async function answerHeldRun(
  door: Door,
  id: string,
  approved: boolean,
  options: { readonly note?: string; readonly json?: boolean },
): Promise<number> {
  const config = readConfig(door);
  const queues = await openQueuesNow(config, startLog(door, config, 'errors'));
  try {
    await answerRun(queues.runs, id, approved, options.note, door.now());
    const workers = await queues.runs.getWorkersCount();
    const status = approved ? 'approved' : 'rejected';
    if (options.json) answerJson(door, { id, status, workers });
    else {
      answerLine(door, `${status}: ${id}`);
      if (workers === 0) answerLine(door, 'No worker is up; the run goes on with the next one.');
    }
    return exitCodes.completed;
  } finally {
    await queues.close();
  }
}
