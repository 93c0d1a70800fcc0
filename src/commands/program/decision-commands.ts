import type { Command } from 'commander';
import { vendors } from '../../domain/vendor.ts';
import { jobNames } from '../../jobs/names.ts';
import type { CommandContext } from '../context.ts';
import { by, filled, json } from './options.ts';
import type { Remember } from './remember.ts';

const run = ['<run>', 'the id of a run, a part of it that no other run has, or latest'] as const;
const what = ['<what>', [...jobNames, ...vendors].join(', ')] as const;

/** What a person decides about runs: held ones, and whether there are any. */
export function addDecisionCommands(program: Command, context: CommandContext, remember: Remember): void {
  const command = (name: string, description: string, [argument, meaning]: readonly [string, string]) =>
    program
      .command(name)
      .description(description)
      .argument(argument, meaning)
      .option('--note <text>', 'why; shown to other operators', filled)
      .addOption(by())
      .addOption(json());
  for (const [decision, description] of [
    ['approve', 'approve a held run: it applies exactly its plan'],
    ['reject', 'reject a held run: it ends without a write'],
  ] as const) {
    command(decision, description, run).action(async (id, options) =>
      remember((await import('../decide-run.ts')).decideHeldRun(context, id, decision, options)),
    );
  }
  command('stop', 'end a run under way behind what is in flight', run).action(async (id, options) =>
    remember((await import('../stop.ts')).stopRunByHand(context, id, options)),
  );
  for (const [change, description] of [
    ['pause', 'pause a job or a vendor behind what is in flight, until it is resumed'],
    ['resume', 'resume a paused job or vendor'],
  ] as const) {
    command(change, description, what).action(async (named, options) =>
      remember((await import('../pause.ts')).changePause(context, named, change, options)),
    );
  }
}
