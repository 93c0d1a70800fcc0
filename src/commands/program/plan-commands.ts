import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { filled, json } from './options.ts';

type Remember = (result: number | Promise<number>) => Promise<void>;

const planHelp = `
Needs no Redis, and writes nothing at the vendor. Its requests per second are counted by itself: those of workers that
are at work meanwhile come on top.

Exit codes: 0 written, 1 written without the users and rows that failed, or not written because the vendor failed,
2 usage or configuration, 4 not written because the roster is empty, too many users could not be read, or it was
interrupted.`;

const applyHelp = `
It is a run in enforce, whatever CARETAKER_MODE says, and asks for nothing. Refused is a plan that was changed, is for
another policy or vendor, or is older than CARETAKER_PLAN_MAX_AGE. The limits hold as for any run; each device is read
again first, and one that changed or is gone is skipped. Exit codes as for run.`;

/** A plan in a file, between two commands: looked at by a person, applied to the letter. */
export function addPlanCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('plan <job>')
    .description('write what a run would do to a file; reads only')
    .requiredOption(
      '--out <file>',
      'where to: a file that is not there yet, or - for standard output',
      filled,
    )
    .option('--user <name...>', 'only these users of the roster')
    .addOption(json())
    .addHelpText('after', planHelp)
    .action(async (job, options) =>
      remember((await import('../plan/plan.ts')).planJob(context, job, options)),
    );
  program
    .command('apply')
    .argument('<file>', 'what caretaker plan wrote, or - for standard input', filled)
    .description('do exactly what a plan file says, in enforce, and print the report')
    .option('--requested-by <who>', 'who asks; shown in the report')
    .option('--reason <text>', 'why; shown in the log')
    .addOption(json())
    .addHelpText('after', applyHelp)
    .action(async (file, options) =>
      remember((await import('../plan/apply.ts')).applyPlan(context, file, options)),
    );
}
