import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { json } from './options.ts';

type Remember = (result: number | Promise<number>) => Promise<void>;

/** What a person decides about runs: held ones, and whether there are any. */
export function addAnswerCommands(program: Command, context: CommandContext, remember: Remember): void {
  const command = (words: string, description: string) =>
    program.command(words).description(description).option('--note <text>', 'why').addOption(json());
  for (const [words, description, approved] of [
    ['approve <run>', 'let a held run apply exactly its plan', true],
    ['reject <run>', 'end a held run without a write', false],
  ] as const) {
    command(words, description).action(async (id, options) =>
      remember((await import('../decide-run.ts')).decideHeldRun(context, id, approved, options)),
    );
  }
  for (const [words, description, paused] of [
    ['pause <what>', 'stop a job or a vendor between two batches, until it is resumed', true],
    ['resume <what>', 'go on with a paused job or vendor', false],
  ] as const) {
    command(words, description).action(async (what, options) =>
      remember((await import('../pause.ts')).setPause(context, what, paused, options)),
    );
  }
}
