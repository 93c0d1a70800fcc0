import { exitCodes } from '../domain/exit-codes.ts';
import { aliveWorkers } from '../queue/alive-workers.ts';
import type { Queues } from '../queue/queues.ts';
import { decideRun } from '../queue/run-worker/phases/hold.ts';
import type { CommandContext } from './context.ts';
import { withRecorder } from './setup/recorder.ts';
import { wholeRunId } from './setup/run-id.ts';
import { printJson, printLine } from './terminal/output.ts';

/** What each decision makes of a held run. */
const statuses = { approve: 'approved', reject: 'rejected' } as const;

/** `caretaker approve|reject <run>`: decides about a held run. Approved, exactly its plan is applied. */
export function decideHeldRun(
  context: CommandContext,
  typed: string,
  decision: keyof typeof statuses,
  options: { readonly note?: string; readonly by?: string; readonly json?: boolean },
): Promise<number> {
  const { note, by } = options;
  return withRecorder(context, by, async (queues, recorder, person, { timeZone }) => {
    const now = context.now().setZone(timeZone);
    const id = await wholeRunId(queues.runs, typed);
    await recorder.record({ what: decision, on: { run: id }, why: note }, () =>
      decideRun(queues, id, { verdict: decision, note, by: person.by ?? undefined }, now),
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
          : `Nobody is there to carry it out. ${decision === 'approve' ? 'The next worker in enforce does, or CARETAKER_MODE=enforce caretaker run of this job.' : 'The next worker or caretaker run of this job does.'}`,
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
