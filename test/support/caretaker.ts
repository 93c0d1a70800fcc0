import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** The tests start the same program hundreds of times. */
const compileCache = join(tmpdir(), 'caretaker-compile-cache');

type Environment = Readonly<Record<string, string>>;

/** Starts `caretaker` in a process of its own, with nothing of the machine's environment but PATH. */
export function startCaretaker(words: readonly string[], environment: Environment, input = ''): Caretaker {
  const own = { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: compileCache, ...environment };
  return startProgram([process.execPath, entry, ...words], own, input);
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
  const ended = once(child, 'close').then(
    ([code]): CommandResult => ({
      code: code as number | null,
      output,
      errors,
      json: () => JSON.parse(output),
    }),
  );
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

/** Runs a command line to its end. */
export function runCaretaker(
  words: readonly string[],
  environment: Environment,
  input?: string,
): Promise<CommandResult> {
  return startCaretaker(words, environment, input).ended;
}
