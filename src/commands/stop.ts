import { exitCodes } from '../domain/exit-codes.ts';
import { aliveWorkers } from '../queue/alive-workers.ts';
import { endRun } from '../queue/run-worker/end-run.ts';
import type { CommandContext } from './context.ts';
import { withRecorder } from './setup/recorder.ts';
import { wholeRunId } from './setup/run-id.ts';
import { printJson, printLine } from './terminal/output.ts';

/** `caretaker stop <run>`: ends a run under way behind what is in flight. */
export function stopRunByHand(
  context: CommandContext,
  typed: string,
  { note, by, json }: { readonly note?: string; readonly by?: string; readonly json?: boolean },
): Promise<number> {
  return withRecorder(context, by, async (queues, recorder, person) => {
    const id = await wholeRunId(queues.runs, typed);
    const who = person.by === null ? '' : ` by ${person.by}`;
    const reason = `stopped${who}${note === undefined ? '' : `: ${note}`}`;
    await recorder.record({ what: 'stop', on: { run: id }, why: note }, () =>
      endRun(queues, id, reason, context.now()),
    );
    const processes = await aliveWorkers(queues);
    if (json) printJson(context, { id, status: 'stopping', workers: processes.length });
    else {
      printLine(context, `stopping: ${id}`);
      if (processes.length === 0) {
        printLine(
          context,
          'Nobody is there to write its report. The next worker or caretaker run of this job does.',
        );
      }
    }
    return exitCodes.completed;
  });
}
