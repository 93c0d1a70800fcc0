import { aliveWorkers } from '../../queue/alive-workers.ts';
import type { Queues } from '../../queue/queues.ts';
import type { CommandContext } from '../context.ts';
import { printLine, style } from './output.ts';

/** Says of runs of these jobs that nobody is there for one; nothing where somebody is, or Redis does not tell. */
export async function tellIfNobodyWorks(
  context: CommandContext,
  queues: Queues,
  jobs: readonly string[],
): Promise<void> {
  const processes = await aliveWorkers(queues).catch(() => undefined);
  if (processes === undefined) return;
  const isLeft = (job: string) => !processes.some(({ command }) => command === undefined || command === job);
  if (!jobs.some(isLeft)) return;
  printLine(
    context,
    `${style(context, 'yellow', 'no worker is up')}: it waits for caretaker worker, or for caretaker run of its job`,
  );
}
