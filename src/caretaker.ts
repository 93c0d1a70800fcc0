#!/usr/bin/env node
import { runProgram } from './commands/program/program.ts';
import { reportError } from './commands/program/report-error.ts';
import { readVersion } from './commands/program/version.ts';
import { createProcessContext } from './commands/setup/process-context.ts';
import { endFirstProcessOnSignals } from './commands/setup/signals.ts';
import { exitCodes } from './domain/exit-codes.ts';

endFirstProcessOnSignals();

// Whoever reads our output may stop reading, as head does.
process.stdout.on('error', () => process.exit(exitCodes.completed));

try {
  process.exitCode = await runProgram(createProcessContext(), readVersion(), process.argv.slice(2));
} catch (error) {
  process.exitCode = reportError(error, process.stderr);
}
