import { Command, CommanderError } from 'commander';
import { exitCodes } from '../../domain/exit-codes.ts';
import type { CommandContext } from '../context.ts';
import { addCompletionCommands } from './completion-commands.ts';
import { addDecisionCommands } from './decision-commands.ts';
import { addDemoCommands } from './demo-commands.ts';
import { addDeviceCommands } from './device-commands.ts';
import { addExamples } from './examples.ts';
import { addPlanCommands } from './plan-commands.ts';
import type { Remember } from './remember.ts';
import { addRosterCommands } from './roster-commands.ts';
import { addRunCommands } from './run-commands.ts';
import { addSuperofficeCommands } from './superoffice-commands.ts';
import { addViewCommands } from './view-commands.ts';

/*
 * Every command line there is. The commands themselves are loaded when they are called: `--help` has to be quick.
 */

/** Runs a command line. Resolves to the exit code; errors of the command are thrown. */
export async function runProgram(
  context: CommandContext,
  version: string,
  words: readonly string[],
): Promise<number> {
  let code: number = exitCodes.completed;
  const remember = (result: number | Promise<number>) =>
    Promise.resolve(result).then((value) => {
      code = value;
    });
  const program = makeProgram(context, version, remember);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.completed : exitCodes.usage;
    throw error;
  }
}

/** Every word of the command line: commands, arguments, options, help. */
export function makeProgram(context: CommandContext, version: string, remember: Remember): Command {
  const program = new Command('caretaker')
    .description('Scheduled maintenance of Pointsharp ID devices and SuperOffice Pocket registrations.')
    .version(version, '-v, --version')
    .exitOverride()
    // What commands with long arguments are for is wrapped as well.
    .configureHelp({ minWidthToWrap: 30 })
    .showHelpAfterError('(caretaker --help lists all commands)')
    .configureOutput({
      writeOut: (text) => context.output.write(text),
      writeErr: (text) => context.errors.write(text),
      getOutHelpWidth: () => widthOf(context.output),
      getErrHelpWidth: () => widthOf(context.errors),
    });
  addRunCommands(program, context, remember);
  addPlanCommands(program, context, remember);
  addViewCommands(program, context, version, remember);
  addRosterCommands(program, context, remember);
  addDecisionCommands(program, context, remember);
  addDeviceCommands(program, context, remember);
  addSuperofficeCommands(program, context, remember);
  addDemoCommands(program, context, remember);
  addCompletionCommands(program, context, remember);
  addExamples(program);
  return program;
}

/** A terminal says how wide it is; help that is read elsewhere is as wide as most terminals. */
function widthOf({ isTTY, columns }: CommandContext['output']): number {
  return (isTTY && columns) || 80;
}
