#!/usr/bin/env node
import { watchOutputs } from './commands/program/outputs.ts';
import { runProgram } from './commands/program/program.ts';
import { reportError } from './commands/program/report-error.ts';
import { endProcess } from './commands/setup/end-process.ts';
import { createProcessContext } from './commands/setup/process-context.ts';
import { endFirstProcessOnSignals } from './commands/setup/signals.ts';
import { readVersion } from './domain/version.ts';
import { isAnswerAwaited } from './roster/patience.ts';

endFirstProcessOnSignals();

watchOutputs(process.stdout, process.stderr);

try {
  process.exitCode = await runProgram(createProcessContext(), readVersion(), process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error, process.stderr);
}
// What is still asked of a file system that hangs would keep this process alive.
if (isAnswerAwaited()) endProcess(Number(process.exitCode));
