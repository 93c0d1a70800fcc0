import { exitCodes } from '../domain/exit-codes.ts';
import { decideRun } from '../queue/run-worker/hold.ts';
import type { CommandContext } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { printJson, printLine } from './terminal/output.ts';

/** `caretaker approve|reject <run>`: answers a held run. Approved, exactly its plan is applied. */
export async function decideHeldRun(
  context: CommandContext,
  id: string,
  approved: boolean,
  options: { readonly note?: string; readonly json?: boolean },
): Promise<number> {
  const config = readConfig(context);
  const queues = await openQueuesNow(config, startLog(context, config, 'errors'));
  try {
    const verdict = approved ? 'approve' : 'reject';
    await decideRun(queues.runs, id, { verdict, note: options.note }, context.now());
    const workers = await queues.runs.getWorkersCount();
    const status = approved ? 'approved' : 'rejected';
    if (options.json) printJson(context, { id, status, workers });
    else {
      printLine(context, `${status}: ${id}`);
      if (workers === 0) printLine(context, 'No worker is up; the run goes on with the next one.');
    }
    return exitCodes.completed;
  } finally {
    await queues.close();
  }
}
