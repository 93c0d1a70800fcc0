import { InvalidArgumentError, Option } from 'commander';

/** Answers with JSON. */
export function json(): Option {
  return new Option('--json', 'answer with one JSON document');
}

/** Does not ask. */
export function yes(): Option {
  return new Option('--yes', 'do not ask');
}

/** A whole number of 1 or more. Throws InvalidArgumentError. */
export function positive(text: string): number {
  const number = whole(text);
  if (number < 1) throw new InvalidArgumentError('It has to be 1 or more.');
  return number;
}

/** A whole number. Throws InvalidArgumentError. */
export function whole(text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}

/** An IANA time zone. Throws InvalidArgumentError. */
export function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('It has to be an IANA time zone such as Europe/Stockholm.');
  }
}
