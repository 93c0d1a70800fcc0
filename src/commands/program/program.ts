import { Command, CommanderError, Option } from 'commander';
import { type CommandContext, UsageError } from '../context.ts';
import { addAnswerCommands } from './decision-commands.ts';
import { addDeviceCommands } from './device-commands.ts';
import { filled, json, port, timeZone, wholeNumber } from './options.ts';
import { addPlanCommands } from './plan-commands.ts';

/*
 * Every command line there is. The commands themselves are loaded when they are called: `--help` has to be quick.
 */

/** Runs a command line. Resolves to the exit code; errors of the command are thrown. */
export async function runProgram(
  context: CommandContext,
  version: string,
  words: readonly string[],
): Promise<number> {
  let code = 0;
  const remember = (result: number | Promise<number>) =>
    Promise.resolve(result).then((value) => {
      code = value;
    });
  const program = makeProgram(context, version, remember);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

type Remember = (result: number | Promise<number>) => Promise<void>;

function makeProgram(context: CommandContext, version: string, remember: Remember): Command {
  const program = new Command('caretaker')
    .description('Scheduled maintenance of Pointsharp ID devices and SuperOffice Pocket registrations.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(caretaker --help lists all commands)')
    .configureOutput({
      writeOut: (text) => context.output.write(text),
      writeErr: (text) => context.errors.write(text),
    });
  addWorkCommands(program, context, remember);
  addPlanCommands(program, context, remember);
  addLookCommands(program, context, version, remember);
  addAnswerCommands(program, context, remember);
  addDeviceCommands(program, context, remember);
  addTrialCommands(program, context, remember);
  return program;
}

function addWorkCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('worker')
    .description('keep the schedules and work until told to stop (SIGTERM drains)')
    .action(async () => remember((await import('../worker.ts')).runWorker(context)));
  runOptions(program.command('run <job>'))
    .description('start a run, work until it is finished, print its report')
    .addHelpText(
      'after',
      '\nExit codes: 0 completed, 1 completed with failures or failed, 2 usage or configuration,\n3 held, 4 stopped, 5 skipped because another run is under way.',
    )
    .action(async (job, options) => remember((await import('../run/run.ts')).runJob(context, job, options)));
  runOptions(program.command('trigger <job>'))
    .description('queue a run for the workers and print its id')
    .action(async (job, options) =>
      remember((await import('../run/trigger.ts')).triggerRun(context, job, options)),
    );
}

function addLookCommands(
  program: Command,
  context: CommandContext,
  version: string,
  remember: Remember,
): void {
  program
    .command('doctor')
    .description('check configuration, Redis, vendors, roster and schedules; reads only, within 15 seconds')
    .addOption(json())
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing failed (warnings are no failures), 1 a check failed, 2 the configuration is wrong.',
    )
    .action(async (options) => remember((await import('../doctor.ts')).runDoctor(context, version, options)));
  program
    .command('schedules')
    .description('show wanted and found schedules with their next times')
    .addOption(json())
    .action(async (options) => remember((await import('../schedules.ts')).listSchedules(context, options)));
  program
    .command('runs [id]')
    .description('show the history of runs, or one report whole')
    .option('--count <n>', 'how many runs', wholeNumber(), 20)
    .addOption(json())
    .action(async (id, options) => remember((await import('../runs.ts')).showRuns(context, id, options)));
  program
    .command('explain')
    .argument('<user>', 'the user name, as in the roster', filled)
    .description('show what each job would do to this user and why; reads only')
    .option('--time-zone <zone>', 'zone of the times shown', timeZone, 'local')
    .addOption(json())
    .action(async (user, options) =>
      remember((await import('../explain.ts')).explainUser(context, user, options)),
    );
  program
    .command('config')
    .description('show the effective configuration, secrets masked')
    .option('--reference', 'print the reference of all variables instead')
    .option('--queue-contract', 'print how to start runs through the queue instead')
    .addOption(json())
    .action(async (options) => remember((await import('../config.ts')).showConfig(context, options)));
}

function addTrialCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('simulate')
    .description('run both vendors as simulators on this machine, to try things out')
    .option('--users <n>', 'how many users', wholeNumber(1, 1_000_000), 2000)
    .option('--seed <n>', 'what the users are made from', wholeNumber(), 1)
    .option('--pointsharp-port <port>', 'port of Pointsharp ID; 0 takes a free one', port, 8101)
    .option('--superoffice-port <port>', 'port of SuperOffice', port, 8102)
    .option('--control-port <port>', 'port for clock, faults and counts', port, 8100)
    .action(async (options) =>
      remember((await forDemos(import('../demo/simulate.ts'))).simulate(context, options)),
    );
  program
    .command('demo')
    .description('run everything once on a private Redis and simulated vendors')
    .addOption(json())
    .action(async (options) => remember((await forDemos(import('../demo/demo.ts'))).demo(context, options)));
}

/** The simulators stay out of a production image. */
async function forDemos<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new UsageError('The simulators are not part of this installation; use a checkout of the project.');
  }
}

function runOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mode <mode>', 'observe reads and reports, enforce writes').choices([
        'observe',
        'enforce',
      ]),
    )
    .option('--user <name...>', 'only these users of the roster')
    .option('--requested-by <who>', 'who asks; shown in the report')
    .option('--reason <text>', 'why; shown in the log')
    .addOption(json());
}
