import { exitCodes } from '../domain/exit-codes.ts';
import { pausable, pause, resume } from '../queue/records/pauses.ts';
import { type CommandContext, UsageError } from './context.ts';
import { readConfig, startLog } from './setup/config.ts';
import { openQueuesNow } from './setup/queues.ts';
import { printJson, printLine } from './terminal/output.ts';

/** `caretaker pause|resume <job|vendor>`: stops work between two batches until it is resumed. */
export async function setPause(
  context: CommandContext,
  what: string,
  paused: boolean,
  options: { readonly note?: string; readonly json?: boolean },
): Promise<number> {
  if (!pausable.includes(what))
    throw new UsageError(`${what} cannot be paused; there are ${pausable.join(', ')}.`);
  const config = readConfig(context);
  const queues = await openQueuesNow(config, startLog(context, config, 'errors'));
  try {
    const was = paused ? await pause(queues, what, options.note, context.now()) : await resume(queues, what);
    const status = paused ? 'paused' : was ? 'resumed' : 'was not paused';
    if (options.json) printJson(context, { what, status });
    else printLine(context, `${what}: ${status}`);
    return exitCodes.completed;
  } finally {
    await queues.close();
  }
}
