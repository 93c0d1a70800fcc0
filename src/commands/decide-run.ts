import { exitCodes } from '../domain/exit-codes.ts';
import { aliveWorkers } from '../queue/alive-workers.ts';
import type { Queues } from '../queue/queues.ts';
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
      decideRun(queues, id, { verdict: decision, note, by: person.by ?? undefined }, context.now()),
    );
    const workers = await carriers(queues, decision);
    const status = statuses[decision];
    if (options.json) printJson(context, { id, status, workers: workers.length });
    else {
      printLine(context, `${status}: ${id}`);
      printLine(
        context,
        workers.length > 0
          ? `Carried out by ${workers.map(({ name }) => name).join(', ')}.`
          : `Nobody is there to carry it out. The next worker does${decision === 'approve' ? ' that may write' : ''}, or the next caretaker run of this job.`,
      );
    }
    return exitCodes.completed;
  });
}

/** Who is there to carry a decision out: an approved plan only by those who may write. */
async function carriers(queues: Queues, decision: keyof typeof statuses) {
  const workers = (await aliveWorkers(queues)).filter(({ command }) => command === undefined);
  return decision === 'approve' ? workers.filter(({ mode }) => mode === 'enforce') : workers;
}
