import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { caretaker } from './fixture.ts';

/** Starts a command of ours that goes on; ended by its `kill`. */
export function start(words: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const [program = '', ...first] = caretaker;
  return spawn(program, [...first, ...words], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    // Where no .env of the checkout is found.
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits until a line of its output holds the text. @throws Error when it ends before */
async function says(child: ChildProcess, text: string): Promise<void> {
  if (!child.stdout) throw new Error('The process has no output to read.');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes(text)) continue;
    // What is not read any more must not stop it.
    child.stdout.resume();
    child.stderr?.resume();
    return;
  }
  throw new Error(`The process ended without saying "${text}".`);
}

/** No tick comes while something is measured. */
const withoutTicks = {
  PURGE_WINDOWS_SCHEDULE: '0 0 29 2 *',
  REFRESH_TIMED_DEVICES_ENABLED: 'false',
  AUDIT_POCKET_ENABLED: 'false',
};

/** Starts a worker and waits until it is ready. */
export async function startWorker(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = start(['worker'], { ...environment, ...withoutTicks });
  await says(child, 'worker ready');
  return child;
}

/** Runs a command of ours to its end and gives back what it printed. @throws Error on another code than 0 */
export async function runToEnd(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = start(words, environment);
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`caretaker ${words.join(' ')} ended ${code}: ${errors}`);
  return output;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}
