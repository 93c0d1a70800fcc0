import type { Logger } from 'pino';
import { RedisError } from '../../redis/errors.ts';

/** Logs how the connection to Redis is. */
export interface ConnectionLog {
  readonly failed: (error: Error) => void;
  readonly ready: () => void;
}

/** What a trouble looks like in the log, and its end. Only silence is told as silence. */
const words = {
  silent: { begins: 'redis does not answer', ends: 'redis answers again' },
  refuses: { begins: 'redis refuses', ends: 'redis accepts everything again' },
};

/** Logs what is wrong with the connection, each trouble once until it is over: two of them may take turns. */
export function createConnectionLog(log: Logger): ConnectionLog {
  let failing: keyof typeof words | undefined;
  const told = new Set<string>();
  return {
    failed(error) {
      const refusal = error instanceof RedisError ? error.refusal : undefined;
      // The advice stays the same while the trouble does, whichever way it shows; of rights, each one counts.
      const about = error instanceof RedisError && refusal !== 'NOPERM' ? error.advice : error.message;
      const isNews = !(error instanceof RedisError) || !told.has(about);
      failing = refusal === undefined ? 'silent' : 'refuses';
      told.add(about);
      if (!isNews) return;
      log.warn(
        { reason: error.message, ...(refusal === undefined ? {} : { code: refusal }) },
        words[failing].begins,
      );
    },
    ready() {
      if (failing) log.info(words[failing].ends);
      failing = undefined;
      told.clear();
    },
  };
}
