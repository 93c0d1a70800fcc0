#!/usr/bin/env node
import { watchOutputs } from './commands/program/outputs.ts';
import { runProgram } from './commands/program/program.ts';
import { reportError } from './commands/program/report-error.ts';
import { readVersion } from './commands/program/version.ts';
import { createProcessContext } from './commands/setup/process-context.ts';
import { endFirstProcessOnSignals } from './commands/setup/signals.ts';

endFirstProcessOnSignals();

watchOutputs(process.stdout, process.stderr);

try {
  process.exitCode = await runProgram(createProcessContext(), readVersion(), process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error, process.stderr);
}
