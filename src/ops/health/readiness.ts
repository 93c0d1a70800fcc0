import type { Config } from '../../config/config.ts';
import { askRedis } from '../../redis/connection.ts';

/** Whether this process can take work. */
export interface Readiness {
  /** Why it cannot; undefined when it can. */
  trouble(): Promise<string | undefined>;
  /** Before `working` and after it, the process takes no work. */
  phase: 'starting' | 'working' | 'draining';
  /** What Redis refuses to the workers of this process. */
  refusal: () => { readonly error: Error } | undefined;
}

/** When the key of the write expires, in seconds. */
const keptForSeconds = 60;
/** Redis gets one write in so many milliseconds at most, however many ask. */
const askAgainAfterMs = 1_000;

const reasons = {
  starting: 'The workers have not started yet.',
  draining: 'This process is shutting down: it finishes active batches and takes no new work.',
};

/** Creates the readiness of one process, known to Redis by its name. */
export function createReadiness({ redis, prefix }: Config, name: string): Readiness {
  let current: Promise<string | undefined> | undefined;

  /** A replica responds, and so does a full Redis: only a write shows whether work can be done. */
  async function writeTrouble(): Promise<string | undefined> {
    try {
      await askRedis(redis, (connection) =>
        connection.set(`${prefix}:ready:${name}`, 1, 'EX', keptForSeconds),
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  function askOnce(): Promise<string | undefined> {
    if (!current) {
      current = writeTrouble();
      void current.finally(() => {
        setTimeout(() => {
          current = undefined;
        }, askAgainAfterMs).unref();
      });
    }
    return current;
  }

  return {
    phase: 'starting',
    refusal: () => undefined,
    async trouble() {
      if (this.phase === 'draining') return reasons.draining;
      const refused = this.refusal();
      if (refused) return refused.error.message;
      return (await askOnce()) ?? (this.phase === 'working' ? undefined : reasons.starting);
    },
  };
}
