import { type Command, Option } from 'commander';
import { jobNames } from '../../jobs/names.ts';
import { auditRules } from '../../policies/audit-rules.ts';
import { severities } from '../../policies/finding.ts';
import type { CommandContext } from '../context.ts';
import { filled, json, shownZone, since, wholeNumber } from './options.ts';
import type { Remember } from './remember.ts';

/** What becomes of a run; `queued` before anybody takes it up, and `running` from then on. */
const runStatuses = ['queued', 'running', 'completed', 'held', 'stopped', 'skipped', 'failed'];

const doctorHelp = `
With --start, a vendor that is down is a warning: a worker has to come back
during its outage. Every failure that only warns there says so.

Exit codes: 0 no check failed (warnings do not count), 1 a check failed, 2 the
configuration is wrong.`;

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
    .argument('[run]', 'the id of a run, a part of it that no other run has, or latest', filled)
    .description('list the latest runs, or print the report of one')
    .option('--count, --limit <n>', 'how many runs or rows to list (default: 20 runs)', wholeNumber())
    .addOption(new Option('--job <job>', 'only runs of this job').choices(jobNames))
    .addOption(new Option('--status <status>', 'only runs with this status').choices(runStatuses))
    .option('--since <when>', 'only runs since 2026-11-28, 2026-11-28T02:15, or for PT12H', since(context))
    .option('--plan, --users', 'to whom a run that is held or only observed would do what, why and by when')
    .option('--page <n>', 'only this page of these users, of 50 rows or --limit', wholeNumber())
    .addOption(shownZone())
    .addOption(json())
    .action(async (id, options) =>
      remember(
        options.users
          ? (await import('../plan/show-run-plan.ts')).showRunPlan(context, id, options)
          : (await import('../runs.ts')).showRuns(context, id, options),
      ),
    );
  program
    .command('findings')
    .description('show what the last audit of the whole roster found, the worst first')
    .addOption(new Option('--rule <rule>', 'only findings of this rule').choices(Object.keys(auditRules)))
    .addOption(new Option('--severity <severity>', 'only findings of this severity').choices(severities))
    .option('--user <user>', 'only those of a user of the roster, or of an associate by its number', filled)
    .option('--limit <n>', 'how many to show (default: 50; all with --json and --csv)', wholeNumber())
    .option('--csv', 'print one file of CSV, as Excel opens it')
    .option('--reference', 'print what each rule means and what to do instead')
    .addOption(json())
    .action(async (options) => remember((await import('../findings.ts')).showFindings(context, options)));
  program
    .command('history')
    .description('show what people did: writes by hand, runs on demand, decisions, pauses, sign-ins')
    .option('--count, --limit <n>', 'how many lines to show', wholeNumber(), 20)
    .addOption(json())
    .action(async (options) => remember((await import('../history.ts')).showHistory(context, options)));
  program
    .command('explain')
    .argument('<user>', 'the user name, as in the roster', filled)
    .description('show what each job would do to this user and why; reads only')
    .addOption(shownZone())
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
