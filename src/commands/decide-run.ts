import { exitCodes } from '../domain/exit-codes.ts';
import { decideRun } from '../queue/run-worker/hold.ts';
import type { CommandContext } from './context.ts';
import { withRecorder } from './setup/recorder.ts';
import { printJson, printLine } from './terminal/output.ts';

/** What each decision makes of a held run. */
const statuses = { approve: 'approved', reject: 'rejected' } as const;

/** `caretaker approve|reject <run>`: decides about a held run. Approved, exactly its plan is applied. */
export function decideHeldRun(
  context: CommandContext,
  id: string,
  decision: keyof typeof statuses,
  options: { readonly note?: string; readonly by?: string; readonly json?: boolean },
): Promise<number> {
  const { note, by } = options;
  return withRecorder(context, by, async (queues, recorder, person) => {
    await recorder.record({ what: decision, on: { run: id }, why: note }, () =>
      decideRun(queues.runs, id, { verdict: decision, note, by: person.by ?? undefined }, context.now()),
    );
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
