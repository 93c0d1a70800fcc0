import { type Command, Option } from 'commander';
import { jobNames } from '../../jobs/names.ts';
import type { CommandContext } from '../context.ts';
import { json, reason, requestedBy, users } from './options.ts';
import type { Remember } from './remember.ts';

const runHelp = `
Exit codes: 0 completed, 1 failed or completed with failures, 2 usage or
configuration, 3 held for approval, 4 stopped, 5 skipped because another run of
the job is in progress. CARETAKER_FAIL_ON names which of these runs, and
findings of which severity, count; any other run exits with 0.`;

/** The worker, and what starts runs. */
export function addRunCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('worker')
    .description('maintain the schedules and work on runs until stopped (SIGTERM drains)')
    .action(async () => remember((await import('../worker.ts')).runWorker(context)));
  const command = (name: string, description: string) =>
    program
      .command(name)
      .argument('<job>', jobNames.join(', '))
      // Behind --user every further word is one more user.
      .usage('<job> [options]')
      .description(description)
      .addOption(mode())
      .addOption(users())
      .addOption(requestedBy())
      .addOption(reason())
      .addOption(json());
  command('run', 'start a run, work on it to its end, print its report')
    .addHelpText('after', runHelp)
    .action(async (job, options) => remember((await import('../run/run.ts')).runJob(context, job, options)));
  command('trigger', 'add a run to the queue for the workers and print its id').action(async (job, options) =>
    remember((await import('../run/trigger.ts')).triggerRun(context, job, options)),
  );
}

function mode() {
  return new Option('--mode <mode>', 'observe reads and reports, enforce also writes').choices([
    'observe',
    'enforce',
  ]);
}
