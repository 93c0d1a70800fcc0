import type { Logger } from 'pino';

/** Tells, once for each run, that it waits for a process which may write. */
export type WaitNote = (run: string, job: string) => void;

/** How many runs are remembered as told. */
const remembered = 1000;

/** Tells it to the log of this process. */
export function createWaitNote(log: Logger): WaitNote {
  const told = new Set<string>();
  return (run, job) => {
    if (told.has(run)) return;
    if (told.size >= remembered) told.clear();
    told.add(run);
    log.warn({ run, job }, 'run waits for a process in enforce');
  };
}
