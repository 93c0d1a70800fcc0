import type { Logger } from 'pino';
import type { ClockTrouble } from '../../domain/clocks.ts';

/** Tells, once for each run, why this process leaves it to another. */
export interface WaitNotes {
  /** It writes, and this process only observes. */
  writer(run: string, job: string): void;
  /** It is for a vendor at another address. */
  address(run: string, job: string, address: string): void;
  /** A process of its version is there, and carries it on. */
  format(run: string, job: string, format: string): void;
  /** The clock here is wrong. */
  clock(run: string, job: string, trouble: ClockTrouble): void;
  /** Its roster is read from a vendor that somebody paused. */
  roster(run: string, job: string, vendor: string): void;
}

/** How many runs are remembered as told. */
const remembered = 1000;

/** Tells it to the log of this process. */
export function createWaitNotes(log: Logger): WaitNotes {
  const told = new Set<string>();
  function isNew(run: string): boolean {
    if (told.has(run)) return false;
    if (told.size >= remembered) told.clear();
    told.add(run);
    return true;
  }
  return {
    writer(run, job) {
      if (isNew(run)) log.warn({ run, job }, 'run waits for a process in enforce');
    },
    address(run, job, address) {
      if (isNew(run)) log.error({ run, job, address }, 'run is for a vendor at another address');
    },
    format(run, job, format) {
      if (isNew(run)) log.warn({ run, job, format }, 'run is left to the version that began it');
    },
    clock(run, job, { problem, advice }) {
      if (isNew(run))
        log.error({ run, job, reason: `${problem} ${advice}` }, 'left to a process with the right clock');
    },
    roster(run, job, vendor) {
      if (isNew(run))
        log.warn({ run, job, vendor }, 'run waits: the vendor that its roster is read from is paused');
    },
  };
}
