import { Argument, type Command } from 'commander';
import type { CommandContext } from '../context.ts';
import type { Remember } from './remember.ts';

/** The Tab key of shells. */
export function addCompletionCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose script').choices(['bash', 'zsh', 'fish'] as const))
    .description('print a script that lets the Tab key complete commands, options, jobs and runs')
    .action(async (shell) =>
      remember((await import('../completion/script.ts')).printCompletionScript(context, shell)),
    );
  program
    .command('complete', { hidden: true })
    .argument('<line>', 'what is typed, up to the cursor')
    .description('say what can stand at the cursor; for the scripts of caretaker completion')
    .action(async (line) =>
      remember((await import('../completion/complete.ts')).completeLine(context, program, line)),
    );
}
