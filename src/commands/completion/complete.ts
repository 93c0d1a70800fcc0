import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../../domain/exit-codes.ts';
import { printable } from '../../security/escape.ts';
import type { CommandContext } from '../context.ts';
import { type Offer, type Offers, offersFor } from './offers.ts';

/**
 * `caretaker complete <line>`: what the scripts of the shells ask. The first line says whether names of files are offered as
 * well (`files` or `words`), each other has a word and, behind a tab, what it is. Where nothing can be known nothing is
 * offered: no error belongs into a line that somebody is just typing.
 *
 * @param line up to the cursor, with the name of the program
 */
export async function completeLine(context: CommandContext, program: Command, line: string): Promise<number> {
  const { typed, words } = wordsOf(line);
  const found = await offersAt(context, whereIn(program, words), typed).catch((): Offers => ({ words: [] }));
  const offers = found.words.filter(({ word }) => word.startsWith(typed));
  const lines = offers.map(({ word, meaning }) =>
    [word, meaning]
      .filter((text) => text !== undefined)
      .map(printable)
      .join('\t'),
  );
  context.output.write(`${[found.files ? 'files' : 'words', ...lines].join('\n')}\n`);
  return exitCodes.completed;
}

/** The words behind the program's name, without their quotes; the one at the cursor may be empty. */
function wordsOf(line: string): { readonly typed: string; readonly words: readonly string[] } {
  const all = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+/g) ?? [];
  const plain = all.map((word) => word.replace(/\\(.)|["']/g, '$1')).slice(1);
  const typed = /(^|[^\\])\s$/.test(line) ? '' : (plain.pop() ?? '');
  return { typed, words: plain };
}

/** What the words before the cursor have settled. */
interface Where {
  readonly command: Command;
  /** How many arguments of it are there. */
  readonly given: number;
  /** Whose value comes next. */
  readonly option: Option | undefined;
}

function whereIn(program: Command, words: readonly string[]): Where {
  let command = program;
  let given = 0;
  let option: Option | undefined;
  for (const word of words) {
    if (word.startsWith('-')) {
      const named = command.options.find(({ short, long }) => word === short || word === long);
      option = named?.required || named?.optional ? named : undefined;
    } else if (option) {
      // One that takes several names goes on to the next option.
      if (!option.variadic) option = undefined;
    } else {
      const next = given === 0 ? subcommand(command, word) : undefined;
      // Its own word may be left out, and then this is its first argument.
      if (!next || next.name() !== word) given += 1;
      command = next ?? command;
    }
  }
  return { command, given, option };
}

/** The command of this name, or the one that is meant where its name is left out. */
function subcommand(command: Command, name: string): Command | undefined {
  return command.commands.find((one) => one.name() === name) ?? unnamed(command);
}

/** `caretaker plan <job>` is `caretaker plan make <job>`; commander keeps that to itself. */
function unnamed(command: Command): Command | undefined {
  return command.name() === 'plan' ? command.commands.find((one) => one.name() === 'make') : undefined;
}

async function offersAt(
  context: CommandContext,
  { command, given, option }: Where,
  typed: string,
): Promise<Offers> {
  const name = command.name();
  if (typed.startsWith('-')) return { words: optionsOf(command) };
  if (option) return choicesOf(option) ?? offersFor(context, valueName(option), name);
  const own = given === 0 ? commandsOf(command) : [];
  const [receiver, place] = own.length > 0 ? [unnamed(command), 0] : ([command, given] as const);
  const argument = receiver && argumentAt(receiver, place);
  const offers =
    argument && (choicesOf(argument) ?? (await offersFor(context, argument.name(), receiver.name())));
  return { files: offers?.files ?? false, words: [...own, ...(offers?.words ?? [])] };
}

function optionsOf(command: Command): Offer[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ short, long, description }) =>
      [short, long]
        .filter((flag) => flag?.startsWith('--'))
        .map((flag) => ({ word: flag ?? '', meaning: description })),
    );
}

function commandsOf(command: Command): Offer[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((one) => ({ word: one.name(), meaning: one.description() }));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  return command.registeredArguments[index];
}

function choicesOf({ argChoices }: Pick<Option | Argument, 'argChoices'>): Offers | undefined {
  return argChoices && { words: argChoices.map((word) => ({ word })) };
}

/** `file` of `--out <file>` */
function valueName({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';
}
