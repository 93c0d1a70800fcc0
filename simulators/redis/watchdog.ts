import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** Cleans up after its starter, however that ends. */
interface Watchdog {
  /** The process to end when the starter is gone; `undefined` for none. */
  guard(pid: number | undefined): void;
  /** Ends the guarded process, removes the folder and goes. Can be called twice. */
  dismiss(): Promise<void>;
}

/*
 * Each line names the process to guard, an empty one none. The input ends when the starter closes it or dies, even by
 * SIGKILL: the system closes a dead process's pipes. Nothing else could tell us of that on every Unix.
 */
const script = `
while IFS= read -r line; do guarded=$line; done
[ -z "$guarded" ] || kill -9 "$guarded" 2>/dev/null
rm -rf -- "$1"
`;

/** Starts a small shell that waits for the end of this process, then ends what it guards and removes the folder. */
export function startWatchdog(folder: string): Watchdog {
  // A group of its own, so that Ctrl+C in the terminal does not end it before its work.
  const shell = spawn('/bin/sh', ['-c', script, 'watchdog', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(shell, 'exit');
  const input = shell.stdin;
  input.on('error', () => {});
  shell.unref();
  if (input instanceof Socket) input.unref();
  return {
    guard(pid) {
      input.write(`${pid ?? ''}\n`);
    },
    async dismiss() {
      shell.ref();
      input.end();
      await ended;
    },
  };
}
