import { aliveWorkers } from '../../queue/alive-workers.ts';
import type { Queues } from '../../queue/queues.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from './output.ts';

/** Says of a run that waits that nobody is there to begin it; nothing where somebody is, or Redis does not tell. */
export async function tellIfNobodyWorks(context: CommandContext, queues: Queues): Promise<void> {
  const processes = await aliveWorkers(queues).catch(() => undefined);
  if (processes?.some(({ command }) => command === undefined) ?? true) return;
  printLine(
    context,
    `${style(context, 'yellow', 'no worker is up')}: it waits for caretaker worker, or for caretaker run of its job`,
  );
}
