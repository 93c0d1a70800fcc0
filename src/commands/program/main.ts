import { readVersion } from '../../domain/version.ts';
import { isAnswerAwaited } from '../../roster/patience.ts';
import { endProcess } from '../setup/end-process.ts';
import { createProcessContext } from '../setup/process-context.ts';
import { endFirstProcessOnSignals } from '../setup/signals.ts';
import { watchOutputs } from './outputs.ts';
import { runProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Carries out the command line of this process, and leaves its exit code there. */
export async function main(): Promise<void> {
  endFirstProcessOnSignals();
  watchOutputs(process.stdout, process.stderr);
  try {
    process.exitCode = await runProgram(createProcessContext(), readVersion(), process.argv.slice(2));
  } catch (error) {
    process.exitCode = reportError(error, process.stderr);
  }
  // What is still asked of a file system that hangs would keep this process alive.
  if (isAnswerAwaited()) endProcess(Number(process.exitCode));
}
