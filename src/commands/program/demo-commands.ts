import type { Command } from 'commander';
import { errorCode } from '../../domain/system-error.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { json, port, wholeNumber } from './options.ts';
import type { Remember } from './remember.ts';

/** What works on simulated vendors. */
export function addDemoCommands(program: Command, context: CommandContext, remember: Remember): void {
  program
    .command('simulate')
    .description('simulate both vendors on this machine, to try things out')
    .option('--users <n>', 'how many users', wholeNumber(1, 1_000_000), 2000)
    .option('--seed <n>', 'seed of the users and their devices', wholeNumber(), 1)
    .option('--pointsharp-port <port>', 'port of Pointsharp ID; 0 takes a free one', port, 8101)
    .option('--superoffice-port <port>', 'port of SuperOffice; 0 takes a free one', port, 8102)
    .option('--control-port <port>', 'port for clock, faults and counts; 0 takes a free one', port, 8100)
    .option('--redis', 'start a private Redis beside them, which is gone when they are')
    .action(async (options) =>
      remember((await load(import('../demo/simulate.ts'))).simulate(context, options)),
    );
  program
    .command('demo')
    .description('run each job once on a private Redis and simulated vendors')
    .addOption(json())
    .action(async (options) => remember((await load(import('../demo/demo.ts'))).runDemo(context, options)));
}

/** A production image has no simulators. */
async function load<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'This installation has no simulators.',
      'Use a checkout of the project to simulate the vendors.',
    );
  }
}
