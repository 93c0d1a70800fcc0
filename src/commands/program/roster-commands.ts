import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { filled, json } from './options.ts';
import type { Remember } from './remember.ts';

const checkHelp = `
Exit codes: 0 every row names a user, 1 rows are rejected or nobody is named, 2
it cannot be read.`;

/** What is asked about the roster. */
export function addRosterCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('roster')
    .description('look at the roster')
    .command('check')
    .argument('[file]', 'another file than that of CARETAKER_ROSTER, or - for standard input', filled)
    .description(
      'show how the roster is understood: encoding, columns, first users, rejected rows; reads only',
    )
    .addOption(json())
    .addHelpText('after', checkHelp)
    .action(async (file, options) =>
      remember((await import('../roster/check.ts')).checkRoster(context, file, options)),
    );
}
