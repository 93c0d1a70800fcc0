import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CommandContext } from '../../src/commands/context.ts';
import { runProgram } from '../../src/commands/program/program.ts';
import { reportError } from '../../src/commands/program/report-error.ts';
import { writeLogLines } from '../../src/commands/setup/log-lines.ts';
import { createProcessContext } from '../../src/commands/setup/process-context.ts';
import { readVersion } from '../../src/domain/version.ts';

const entry = fileURLToPath(new URL('../../src/caretaker.ts', import.meta.url));

/** How a command line ended and what it printed. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  /** Standard output as JSON. Throws when it is not one document. */
  json<T>(): T;
}

/** A command line that was started. */
export interface Caretaker {
  readonly process: ChildProcess;
  /** Standard output so far. */
  output(): string;
  errors(): string;
  /** Resolves when a line of either stream holds the text; rejects when the process ends before. */
  says(text: string): Promise<void>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<CommandResult>;
  ended: Promise<CommandResult>;
}

/** The tests start the same program hundreds of times; what is bundled anew has a cache that goes with the bundle. */
const compileCaches = { ofSource: join(tmpdir(), 'caretaker-compile-cache'), ofBundle: 'compile-cache' };

type Environment = Readonly<Record<string, string>>;

/**
 * Starts `caretaker` in a process of its own, with nothing of the machine's environment but PATH. Under vitest it is the
 * program in a bundle, which takes two thirds of the CPU time to start (`bundle-once.ts`); elsewhere it is the source.
 */
export function startCaretaker(words: readonly string[], environment: Environment, input = ''): Caretaker {
  const bundle = process.env.CARETAKER_TEST_BUNDLE;
  if (!bundle) return startShipped(words, environment, input);
  const cache = { NODE_COMPILE_CACHE: join(dirname(bundle), compileCaches.ofBundle) };
  return startVersion(bundle, words, { ...cache, ...environment }, input);
}

/** As `startCaretaker`, always from the source, as it is shipped. */
export function startShipped(words: readonly string[], environment: Environment, input = ''): Caretaker {
  return startVersion(entry, words, environment, input);
}

/** As `startCaretaker`, from a file that another version begins with. */
export function startVersion(
  program: string,
  words: readonly string[],
  environment: Environment,
  input = '',
): Caretaker {
  const own = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCaches.ofSource, ...environment };
  return startProgram([process.execPath, program, ...words], own, input);
}

/** Starts a command line of any program, with exactly this environment. */
export function startProgram(
  [program = '', ...words]: readonly string[],
  environment: Environment,
  input = '',
): Caretaker {
  const child = spawn(program, words, { cwd: '/', env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => commandResult(code as number | null, output, errors));
  return {
    process: child,
    output: () => output,
    errors: () => errors,
    ended,
    async says(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = () => {
        if (output.includes(text) || errors.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      ended.then(() => reject(new Error(`ended without saying "${text}":\n${output}\n${errors}`)), reject);
      look();
      try {
        await promise;
      } finally {
        child.stdout.off('data', look);
        child.stderr.off('data', look);
      }
    },
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** What only a process of its own takes from its environment. */
const forProcesses = /^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS|TZ|OTEL_.*)$/;

/**
 * Runs a command line to its end: in this process, with streams and an environment of its own, because starting one costs
 * more than most commands. With CARETAKER_TEST_PROCESSES=1, and where only a process will do, in a process of its own.
 */
export function runCaretaker(
  words: readonly string[],
  environment: Environment,
  input?: string,
): Promise<CommandResult> {
  const needsProcess = Object.keys(environment).some((name) => forProcesses.test(name));
  if (needsProcess || process.env.CARETAKER_TEST_PROCESSES)
    return startCaretaker(words, environment, input).ended;
  return runHere(words, environment, input);
}

async function runHere(
  words: readonly string[],
  environment: Environment,
  input = '',
): Promise<CommandResult> {
  const output = new PassThrough({ encoding: 'utf8' });
  const errors = new PassThrough({ encoding: 'utf8' });
  const printed = text(output);
  const complained = text(errors);
  let hasEnded = false;
  const context: CommandContext = {
    ...createProcessContext(),
    environment,
    input: Readable.from(input === '' ? [] : [input]),
    output,
    errors,
    onStopSignal: () => () => {},
    exit(code) {
      // Whoever makes sure that the process ends does so after the command has ended, too.
      if (!hasEnded) throw new Error(`The command ended the process with ${code}`);
    },
  };
  const code = await runProgram(context, readVersion(), words).catch((error) => reportError(error, errors));
  hasEnded = true;
  // As at the end of a process.
  writeLogLines();
  output.end();
  errors.end();
  return commandResult(code, await printed, await complained);
}

function commandResult(code: number | null, output: string, errors: string): CommandResult {
  return { code, output, errors, json: () => JSON.parse(output) };
}
