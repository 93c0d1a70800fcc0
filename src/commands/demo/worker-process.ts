import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OperatorError } from '../../domain/operator-error.ts';

const entry = fileURLToPath(new URL('../../caretaker.ts', import.meta.url));

/** How much of the last line of its log is shown when a worker fails, in characters. */
const logShown = 500;

/** A worker that ended before it was told to. */
class WorkerEnded extends OperatorError {
  override readonly name = 'WorkerEnded';

  constructor(log: string) {
    super({
      problem: `The worker of the demo ended too early. The end of its log: ${log}`,
      advice: 'If that says nothing, something ended it, or the disk of its log is full.',
    });
  }
}

/** A worker in a process of its own, as it runs in production. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** Waits for something. @throws WorkerEnded with the end of its log when the worker ends before that */
  unlessEnded<Result>(something: Promise<Result>): Promise<Result>;
  /** Drains it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts `caretaker worker`; its log goes to a file. */
export async function startWorkerProcess(
  environment: Readonly<Record<string, string | undefined>>,
  logFile: string,
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
  return {
    pid: child.pid,
    unlessEnded: (something) =>
      Promise.race([
        something,
        ended.then(async () => {
          const logged = await readFile(logFile, 'utf8');
          throw new WorkerEnded(logged.trimEnd().split('\n').at(-1)?.slice(-logShown) ?? '');
        }),
      ]),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
