import type { Logger } from 'pino';
import type { LostKind, Observer } from './observer.ts';

/** Tells of what is lost: to the log, and to whoever counts. */
export interface Losses {
  /** @param what the job of a run; what was paused */
  tell(kind: LostKind, what: string, facts: Readonly<Record<string, unknown>>): void;
}

/** What is told of each kind, and what to do. */
const texts: Readonly<Record<LostKind, { readonly msg: string; readonly advice: string }>> = {
  run: {
    msg: 'run lost: it is no longer in Redis',
    advice:
      'It was removed, or Redis lost it (a flush, a restart without its data, a failover). It gets no report: start it again.',
  },
  pause: {
    msg: 'pause lost: it is no longer in Redis, and nobody ended it',
    advice:
      'Redis lost it (a flush, a restart without its data, a failover), and work goes on: pause again with caretaker pause.',
  },
};

/** Tells losses of this process. */
export function createLosses(log: Logger, observer: Observer | undefined): Losses {
  return {
    tell(kind, what, facts) {
      const { msg, advice } = texts[kind];
      log.error({ ...facts, advice }, msg);
      observer?.lost(kind, what);
    },
  };
}
