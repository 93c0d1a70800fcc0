import type { Logger } from 'pino';
import { RedisError } from '../../redis/errors.ts';

/** Tells of the troubles of the connection to Redis, and when they are over. */
export interface TroubleLog {
  readonly tell: (error: Error) => void;
  readonly over: () => void;
}

/** Logs the troubles of the connection, each once until it is over or becomes another. */
export function openTroubleLog(log: Logger): TroubleLog {
  let told: string | undefined;
  return {
    tell(error) {
      const kind = error instanceof RedisError ? error.advice : error.message;
      if (kind !== told) log.warn({ reason: error.message }, 'redis does not answer');
      told = kind;
    },
    over() {
      if (told !== undefined) log.info('redis answers again');
      told = undefined;
    },
  };
}
