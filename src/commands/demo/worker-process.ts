import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../caretaker.ts', import.meta.url));

/** How much of its log is shown when a worker fails, in characters. */
const logShown = 2000;

/** A worker in a process of its own, as it runs in production. */
export interface WorkerProcess {
  /** Drains it and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts `caretaker worker`; its log goes to a file.
 *
 * @throws Error with the end of its log when the worker ends before `ready` resolves
 */
export async function startWorkerProcess(
  environment: Readonly<Record<string, string | undefined>>,
  logFile: string,
  ready: Promise<unknown>,
): Promise<WorkerProcess> {
  const log = await open(logFile, 'w');
  const child = spawn(process.execPath, [entry, 'worker'], {
    env: environment,
    stdio: ['ignore', log.fd, log.fd],
    // Ctrl+C in the terminal is for the demo, which stops its worker itself.
    detached: true,
  });
  const ended = once(child, 'exit');
  await log.close();
  await Promise.race([
    ready,
    ended.then(async () => {
      const logged = await readFile(logFile, 'utf8');
      throw new Error(`The worker ended before it was ready:\n${logged.slice(-logShown)}`);
    }),
  ]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
