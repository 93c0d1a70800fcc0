import { exitCodes } from '../domain/exit-codes.ts';
import { pausable, pause, resume } from '../queue/records/pauses.ts';
import type { CommandContext } from './context.ts';
import { withQueues } from './setup/queues.ts';
import { printJson, printLine } from './terminal/output.ts';
import { UsageError } from './usage-error.ts';

/** `caretaker pause|resume <job|vendor>`: stops work between two batches until it is resumed. */
export async function changePause(
  context: CommandContext,
  what: string,
  change: 'pause' | 'resume',
  options: { readonly note?: string; readonly json?: boolean },
): Promise<number> {
  if (!pausable.includes(what)) {
    throw new UsageError(
      `There is no job or vendor ${what}.`,
      `What can be paused and resumed: ${pausable.join(', ')}.`,
    );
  }
  return withQueues(context, async (queues) => {
    if (change === 'pause') await pause(queues, what, options.note, context.now());
    const wasPaused = change === 'resume' && (await resume(queues, what));
    const status = change === 'pause' ? 'paused' : wasPaused ? 'resumed' : 'was not paused';
    if (options.json) printJson(context, { what, status });
    else printLine(context, `${what}: ${status}`);
    return exitCodes.completed;
  });
}
