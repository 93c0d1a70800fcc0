import { InvalidArgumentError, Option } from 'commander';
import { DateTime, Duration } from 'luxon';
import type { CommandContext } from '../context.ts';

/** Prints JSON. */
export function json(): Option {
  return new Option('--json', 'print one JSON document');
}

/** Does not ask for confirmation. */
export function yes(): Option {
  return new Option('--yes', 'do not ask for confirmation');
}

/** Narrows a run or a plan to users named by hand. */
export function users(): Option {
  return new Option('--user <name...>', 'only these users of the roster');
}

/** In which zone times are shown. */
export function shownZone(): Option {
  return new Option(
    '--time-zone <zone>',
    'time zone of the times shown (default: CARETAKER_TIME_ZONE)',
  ).argParser(timeZone);
}
const systemUser = 'the user of the operating system';

/** Who asks for a run. */
export function requestedBy(): Option {
  return new Option(
    '--requested-by <who>',
    `who asks for the run; shown in the report (default: ${systemUser})`,
  ).argParser(filled);
}

/** Who does what the command does. */
export function by(): Option {
  return new Option('--by <who>', `who does this; shown in the history (default: ${systemUser})`).argParser(
    filled,
  );
}

/** Why a run is asked for. */
export function reason(): Option {
  return new Option(
    '--reason <text>',
    'why the run is needed; shown in the report and the history',
  ).argParser(filled);
}

/** Why something is written by hand. */
export function why(): Option {
  return new Option('--reason <text>', 'why; shown in the history').argParser(filled);
}

/** The largest number that the vendors can read. */
const largest = 2 ** 31 - 1;

/** Reads a whole number within bounds, both included; what it returns throws InvalidArgumentError. */
export function wholeNumber(least = 1, most = largest): (text: string) => number {
  return (text) => {
    const number = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Any whole number that the vendors can read. */
export const anyNumber = wholeNumber(-largest - 1);

/** A port of this machine; 0 takes a free one. */
export const port = wholeNumber(0, 65_535);

/** A text that says something: an empty one would mean "all", or "anywhere". Throws InvalidArgumentError. */
export function filled(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** A moment, in epoch milliseconds: a date or time in CARETAKER_TIME_ZONE, or how long ago. Throws InvalidArgumentError. */
export function since({ now, environment }: CommandContext): (text: string) => number {
  return (text) => {
    const ago = Duration.fromISO(text);
    // A zone that is wrong is told as soon as the configuration is read.
    const zone = environment.CARETAKER_TIME_ZONE || now().zone;
    const moment = ago.isValid ? now().minus(ago) : DateTime.fromISO(text, { zone });
    if (moment.isValid) return moment.toMillis();
    throw new InvalidArgumentError('It must be like 2026-11-28, 2026-11-28T02:15 or PT12H.');
  };
}

/** An IANA time zone. Throws InvalidArgumentError. */
function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('It must be an IANA time zone such as Europe/Stockholm.');
  }
}
