import { exitCodes } from '../domain/exit-codes.ts';
import { decideRun } from '../queue/run-worker/hold.ts';
import type { CommandContext } from './context.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine } from './terminal/output.ts';

/** What each decision makes of a held run. */
const statuses = { approve: 'approved', reject: 'rejected' } as const;

/** `caretaker approve|reject <run>`: decides about a held run. Approved, exactly its plan is applied. */
export function decideHeldRun(
  context: CommandContext,
  id: string,
  decision: keyof typeof statuses,
  options: { readonly note?: string; readonly json?: boolean },
): Promise<number> {
  return withQueues(context, async (queues) => {
    await decideRun(queues.runs, id, { verdict: decision, note: options.note }, context.now());
    const workers = await queues.runs.getWorkersCount();
    const status = statuses[decision];
    if (options.json) printJson(context, { id, status, workers });
    else {
      printLine(context, `${status}: ${id}`);
      if (workers === 0) printLine(context, 'No worker is running. The run continues when one starts.');
    }
    return exitCodes.completed;
  });
}
