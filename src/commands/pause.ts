import { closeName } from '../domain/close-name.ts';
import { exitCodes } from '../domain/exit-codes.ts';
import { isVendor } from '../domain/vendor.ts';
import { pausable, pause, resume } from '../queue/records/pauses.ts';
import type { CommandContext } from './context.ts';
import { withRecorder } from './setup/recorder.ts';
import { printJson, printLine } from './terminal/output.ts';
import { UsageError } from './usage-error.ts';

/** `caretaker pause|resume <job|vendor>`: stops work behind what is in flight until it is resumed. */
export async function changePause(
  context: CommandContext,
  what: string,
  change: 'pause' | 'resume',
  options: { readonly note?: string; readonly by?: string; readonly json?: boolean },
): Promise<number> {
  if (!pausable.includes(what)) {
    const meant = closeName(what, pausable, 3);
    throw new UsageError(
      `There is no job or vendor ${what}.`,
      `${meant === undefined ? '' : `Did you mean ${meant}? `}What can be paused and resumed: ${pausable.join(', ')}.`,
    );
  }
  const { note, by, json } = options;
  return withRecorder(context, by, async (queues, recorder, person) => {
    const act = { what: change, on: isVendor(what) ? { vendor: what } : { job: what }, why: note };
    const work = async () => {
      if (change === 'resume') return (await resume(queues, what)) ? 'resumed' : 'was not paused';
      const isNew = await pause(queues, what, { note, by: person.by }, context.now());
      return isNew ? 'paused' : 'was paused already';
    };
    const status = await recorder.record(act, work, (outcome) => ({ outcome }));
    if (json) printJson(context, { what, status });
    else printLine(context, `${what}: ${status}`);
    return exitCodes.completed;
  });
}
