import type { Writable } from 'node:stream';
import { exitCodes } from '../../domain/exit-codes.ts';
import { OperatorError } from '../../domain/operator-error.ts';
import { errorCode, systemErrorText } from '../../domain/system-error.ts';
import { writeLogLines } from '../setup/log-lines.ts';
import { reportError } from './report-error.ts';

/** An output that could not be written whole: a full disk, for one. */
class OutputError extends OperatorError {
  override readonly name = 'OutputError';

  constructor(output: string, cause: unknown) {
    super({
      problem: `${output} cannot be written: ${systemErrorText(cause)}.`,
      advice: 'What is missing there was lost. Free some space, or write elsewhere.',
    });
  }
}

/**
 * Keeps the exit code of this process true when an output fails. A reader that leaves, as `head` does, changes nothing: the
 * command goes on and ends with its own code. After any other failure the code is never 0, so that no script and no
 * service manager takes the command for one that did its work.
 */
export function watchOutputs(output: Writable, errors: Writable): void {
  let isLost = false;
  const watch = (stream: Writable, lost: (error: unknown) => void) =>
    stream.on('error', (error) => {
      if (errorCode(error) === 'EPIPE') return;
      if (!isLost) lost(error);
      isLost = true;
    });
  watch(output, (error) => reportError(new OutputError('Standard output', error), errors));
  // There is nowhere left to tell it.
  watch(errors, () => {});
  process.on('exit', () => {
    // After an error that nobody caught.
    writeLogLines();
    if (isLost && !process.exitCode) process.exitCode = exitCodes.failures;
  });
}
