import type { Writable } from 'node:stream';
import { ConfigError } from '../../config/errors.ts';
import { type ExitCode, exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { printable } from '../../security/escape.ts';
import { DotenvError } from '../setup/environment.ts';
import { writeLogLines } from '../setup/log-lines.ts';

/**
 * Tells a person why a command ended. Of an error that is not made for people, the place in the code is worth seeing.
 *
 * @returns the exit code that tells a script
 */
export function reportError(error: unknown, errors: Writable): ExitCode {
  writeLogLines();
  errors.write(`caretaker: ${linesOf(error).map(printable).join('\n')}\n`);
  return error instanceof OperatorError ? error.exitCode : exitCodes.failures;
}

/** Only lists of wrong variables or lines and a stack have more than one line: a name from elsewhere must not begin another. */
function linesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  if (error instanceof ConfigError || error instanceof DotenvError) return error.message.split('\n');
  if (error instanceof OperatorError) return [error.message];
  return (error.stack ?? error.message).split('\n');
}
