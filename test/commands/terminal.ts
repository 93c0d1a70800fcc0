import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../src/caretaker.ts', import.meta.url));

/** A command line on a terminal of its own. */
export interface Terminal {
  readonly process: ChildProcess;
  /** Everything the terminal showed so far, control sequences included. */
  shown(): string;
  /** Resolves when the text is shown; rejects when the command ends before. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  readonly ended: Promise<{ readonly code: number | null; readonly shown: string }>;
}

/** Starts `caretaker` on a pseudo terminal, which util-linux's `script` makes. */
export function openTerminal(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Terminal {
  const command = [process.execPath, entry, ...words].map(quoted).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', SHELL: '/bin/sh', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, shown: text }));
  return {
    process: child,
    shown: () => text,
    async shows(wanted) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = () => {
        if (text.includes(wanted)) resolve();
      };
      child.stdout.on('data', look);
      ended.then(() => reject(new Error(`ended without showing "${wanted}":\n${text}`)), reject);
      look();
      await promise;
      child.stdout.off('data', look);
    },
    type: (keys) => child.stdin.write(keys),
    ended,
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
