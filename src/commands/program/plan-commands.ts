import { type Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import { filled, json, reason, requestedBy, shownZone, users } from './options.ts';
import type { Remember } from './remember.ts';

const planHelp = `
Needs no Redis and writes nothing at the vendor. Its limit of requests per
second is separate: the requests of running workers come on top.

Exit codes: 0 written, 1 written without the users and rows that failed, or not
written because the vendor failed, 2 usage or configuration, 3 written, and
would be held if it were applied now, 4 written, and would be stopped, or not
written because the roster is empty, too many users could not be read, or
planning was interrupted.`;

const applyHelp = `
Starts a run in enforce and does not ask for confirmation. With
CARETAKER_MODE=observe, which is the default, it needs --mode enforce.
A plan is refused when it was changed, was made for another policy or vendor, or
is older than CARETAKER_PLAN_MAX_AGE. The limits hold as for any run. Each
device is read again first; one that changed or is gone is skipped.

Exit codes as for run.`;

/** A plan in a file, between two commands: reviewed by a person, applied to the letter. */
export function addPlanCommands(program: Command, context: CommandContext, remember: Remember): void {
  const plan = program
    .command('plan')
    .usage('<job> --out <file> [options] | show <file> [options]')
    .description('write what a run would do to a file, or show such a file; reads only')
    .addHelpText('after', planHelp);
  plan
    .command('make', { isDefault: true })
    .argument('<job>', 'a job that writes; caretaker run --help names the jobs')
    .description('write what a run would do to a file (the word make may be left out)')
    .requiredOption(
      '--out <file>',
      'file to write, which must not exist yet, or - for standard output',
      filled,
    )
    .addOption(users())
    .addOption(json())
    .addHelpText('after', planHelp)
    .action(async (job, options) =>
      remember((await import('../plan/plan.ts')).planJob(context, job, options)),
    );
  plan
    .command('show')
    .argument('<file>', 'what caretaker plan wrote, or - for standard input', filled)
    .description('show to whom a plan file does what, and why, the soonest deadline first')
    .addOption(shownZone())
    .addOption(json())
    .action(async (file, options) =>
      remember((await import('../plan/show-plan-file.ts')).showPlanFile(context, file, options)),
    );
  program
    .command('apply')
    .argument('<file>', 'what caretaker plan wrote, or - for standard input', filled)
    .description('apply exactly what a plan file says, in enforce, and print the report')
    .addOption(
      new Option('--mode <mode>', 'enforce allows the writes where CARETAKER_MODE does not').choices([
        'enforce',
      ]),
    )
    .addOption(requestedBy())
    .addOption(reason())
    .addOption(json())
    .addHelpText('after', applyHelp)
    .action(async (file, options) =>
      remember((await import('../plan/apply.ts')).applyPlan(context, file, options)),
    );
}
