import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed. @throws Error with the end of its error output */
export async function call(program: string, ...words: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, words, { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${program} ${words.slice(0, 8).join(' ')} failed:\n${stderr.trim().slice(-3000)}`, {
      cause: error,
    });
  }
}

/** Runs a program whose output is worth seeing while it works, on standard error. */
export async function show(program: string, ...words: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn(program, words, { stdio: ['ignore', 2, 2] });
  child.once('error', reject).once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new Error(`${program} ${words.slice(0, 8).join(' ')} ended with ${code}`);
}

/** Whether a program can be called. */
export async function isThere(program: string): Promise<boolean> {
  return call('sh', '-c', `command -v ${program}`).then(
    () => true,
    () => false,
  );
}
