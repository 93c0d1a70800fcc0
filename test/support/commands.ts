import type { Command } from 'commander';
import { makeProgram } from '../../src/commands/program/program.ts';
import { openStreams } from '../commands/streams.ts';

/** Every command by its whole name, such as `plan show`; the program itself has an empty one. */
export function allCommands(): ReadonlyMap<string, Command> {
  const found = new Map<string, Command>();
  const visit = (name: string, command: Command) => {
    found.set(name, command);
    for (const one of visibleIn(command)) visit(`${name} ${one.name()}`.trim(), one);
  };
  visit(
    '',
    makeProgram(openStreams(false).context, '0.0.0', async () => {}),
  );
  return found;
}

/** What is hidden is for programs, and what commander adds by itself is not ours. */
function visibleIn(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
}

/** Those that do something themselves. */
export function workingCommands(): readonly string[] {
  return [...allCommands()].filter(([, command]) => command.commands.length === 0).map(([name]) => name);
}
