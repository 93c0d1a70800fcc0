import type { Logger } from 'pino';
import { RedisError } from '../../redis/errors.ts';

/** Logs how the connection to Redis is. */
export interface ConnectionLog {
  readonly failed: (error: Error) => void;
  readonly ready: () => void;
}

/** Logs what is wrong with the connection, each trouble once until it is over or becomes another. */
export function createConnectionLog(log: Logger): ConnectionLog {
  let isFailing = false;
  let logged: string | undefined;
  return {
    failed(error) {
      // The advice stays the same while the trouble does, whichever way it shows.
      const advice = error instanceof RedisError ? error.advice : undefined;
      if (!isFailing || advice === undefined || advice !== logged) {
        log.warn({ reason: error.message }, 'redis does not answer');
      }
      isFailing = true;
      logged = advice;
    },
    ready() {
      if (isFailing) log.info('redis answers again');
      isFailing = false;
      logged = undefined;
    },
  };
}
