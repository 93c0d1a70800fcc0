import { type Command, Option } from 'commander';
import { jobNames } from '../../jobs/names.ts';
import type { CommandContext } from '../context.ts';
import { filled, json, shownZone, since, timeZone, wholeNumber } from './options.ts';
import type { Remember } from './remember.ts';

/** What becomes of a run, and `running` while nothing has. */
const runStatuses = ['running', 'completed', 'held', 'stopped', 'skipped', 'failed'];

const doctorHelp = `
With --start, a vendor that is down is a warning: a worker has to come back during its outage. Every failure that only
warns there says so.

Exit codes: 0 no check failed (warnings do not count), 1 a check failed, 2 the configuration is wrong.`;

/** What shows how things are and changes nothing. */
export function addViewCommands(
  program: Command,
  context: CommandContext,
  version: string,
  remember: Remember,
): void {
  program
    .command('doctor')
    .description('check configuration, Redis, vendors, roster and schedules; reads only, within 15 seconds')
    .option('--start', 'for the start of a pod: only configuration, Redis, roster and versions can fail')
    .addOption(json())
    .addHelpText('after', doctorHelp)
    .action(async (options) => remember((await import('../doctor.ts')).runDoctor(context, version, options)));
  program
    .command('schedules')
    .description('show the configured schedules, whether Redis has them, and their next times')
    .addOption(json())
    .action(async (options) => remember((await import('../schedules.ts')).listSchedules(context, options)));
  program
    .command('runs')
    .argument('[id]', 'the id of a run, a part of it that no other run has, or latest', filled)
    .description('list the latest runs, or print the report of one')
    .option('--count, --limit <n>', 'how many runs to list', wholeNumber(), 20)
    .addOption(new Option('--job <job>', 'only runs of this job').choices(jobNames))
    .addOption(new Option('--status <status>', 'only runs with this status').choices(runStatuses))
    .option('--since <when>', 'only runs since 2026-11-28, 2026-11-28T02:15, or for PT12H', since(context))
    .option('--plan', 'show to whom a held run would do what, and why, the soonest deadline first')
    .addOption(shownZone())
    .addOption(json())
    .action(async (id, options) =>
      remember(
        options.plan
          ? (await import('../plan/show-held-plan.ts')).showHeldPlan(context, id, options)
          : (await import('../runs.ts')).showRuns(context, id, options),
      ),
    );
  program
    .command('history')
    .description('show what people did: writes by hand, runs on demand, decisions, pauses, sign-ins')
    .option('--count <n>', 'how many lines to show', wholeNumber(), 20)
    .addOption(json())
    .action(async (options) => remember((await import('../history.ts')).showHistory(context, options)));
  program
    .command('explain')
    .argument('<user>', 'the user name, as in the roster', filled)
    .description('show what each job would do to this user and why; reads only')
    .option('--time-zone <zone>', 'time zone of the times shown', timeZone, 'local')
    .addOption(json())
    .action(async (user, options) =>
      remember((await import('../explain.ts')).explainUser(context, user, options)),
    );
  program
    .command('config')
    .description('show the effective configuration, with secrets masked')
    .option('--reference', 'print the reference of all variables instead')
    .option('--queue-contract', 'print how to start runs through the queue instead')
    .addOption(json())
    .action(async (options) => remember((await import('../config.ts')).showConfig(context, options)));
}
