import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { by, filled, json } from './options.ts';
import type { Remember } from './remember.ts';

/** What a person decides about runs: held ones, and whether there are any. */
export function addDecisionCommands(program: Command, context: CommandContext, remember: Remember): void {
  const command = (words: string, description: string) =>
    program
      .command(words)
      .description(description)
      .option('--note <text>', 'why; shown to other operators', filled)
      .addOption(by())
      .addOption(json());
  for (const [decision, description] of [
    ['approve', 'approve a held run: it applies exactly its plan'],
    ['reject', 'reject a held run: it ends without a write'],
  ] as const) {
    command(`${decision} <run>`, description).action(async (id, options) =>
      remember((await import('../decide-run.ts')).decideHeldRun(context, id, decision, options)),
    );
  }
  command('stop <run>', 'end a run under way behind what is in flight').action(async (id, options) =>
    remember((await import('../stop.ts')).stopRunByHand(context, id, options)),
  );
  for (const [change, description] of [
    ['pause', 'pause a job or a vendor behind what is in flight, until it is resumed'],
    ['resume', 'resume a paused job or vendor'],
  ] as const) {
    command(`${change} <what>`, description).action(async (what, options) =>
      remember((await import('../pause.ts')).changePause(context, what, change, options)),
    );
  }
}
