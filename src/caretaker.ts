#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseEnv } from 'node:util';
import { DateTime } from 'luxon';
import type { CommandContext } from './commands/context.ts';
import { runProgram } from './commands/program/program.ts';
import { exitCodes } from './domain/exit-codes.ts';
import { printable } from './security/escape.ts';

/** Errors that say all a person needs; of any other the place in the code is worth seeing. */
const plainErrors = ['ConfigError', 'UsageError', 'RedisError', 'NotHeld', 'RosterError'];

let latest = DateTime.now();

const context: CommandContext = {
  environment: readEnvironment(),
  now,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  name: `${hostname().replace(/[^\w.-]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`,
  onStopSignal(listener) {
    process.on('SIGTERM', listener);
    process.on('SIGINT', listener);
    return () => {
      process.off('SIGTERM', listener);
      process.off('SIGINT', listener);
    };
  },
  exit: (code) => process.exit(code),
};

// The kernel ends the first process of a container by no signal that it does not listen to; other processes it does.
if (process.pid === 1) {
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
}

// Whoever reads our answers may stop reading, as head does.
process.stdout.on('error', () => process.exit(exitCodes.completed));

try {
  process.exitCode = await runProgram(context, readVersion(), process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

/** The time to a hundredth of a second: thousands ask within one, and a DateTime costs more than a look at the clock. */
function now(): DateTime {
  if (Math.abs(Date.now() - latest.toMillis()) >= 10) latest = DateTime.now();
  return latest;
}

function report(error: unknown): number {
  if (!(error instanceof Error)) {
    tell([String(error)]);
    return exitCodes.failures;
  }
  const plain = plainErrors.includes(error.name) || 'remedy' in error;
  // Only the list of wrong variables and a stack have more than one line.
  const isOneLine = plain && error.name !== 'ConfigError';
  tell(isOneLine ? [error.message] : (plain ? error.message : (error.stack ?? error.message)).split('\n'));
  return plain && !('remedy' in error) ? exitCodes.usage : exitCodes.failures;
}

function tell(lines: readonly string[]): void {
  process.stderr.write(`caretaker: ${lines.map(printable).join('\n')}\n`);
}

/** The environment over a dotenv file in the working directory: a variable that is set wins. */
function readEnvironment(): CommandContext['environment'] {
  try {
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...process.env };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT') return process.env;
    tell([`The file .env in the working directory cannot be read (${code}); mend it or start elsewhere.`]);
    return process.exit(exitCodes.usage);
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String(JSON.parse(text).version);
}
