import type { Config } from '../../config/config.ts';
import { askRedis } from '../../redis/connection.ts';

/** Whether this process can take work. */
export interface Readiness {
  /** Why it cannot; undefined when it can. */
  trouble(): Promise<string | undefined>;
  /** Where it is in its life; before `working` and after it, it takes nothing. */
  phase: 'starting' | 'working' | 'draining';
}

/** What was written stays for so long, in seconds. */
const keptForSeconds = 60;
/** However many ask, Redis is asked this often at most. */
const askAgainAfterMs = 1_000;

const reasons = {
  starting: 'The workers have not started yet.',
  draining: 'This process was told to stop: it finishes what it has begun and takes nothing new.',
};

/** Opens the judgement of one process, known to Redis by its name. */
export function openReadiness({ redis, prefix }: Config, name: string): Readiness {
  let answer: Promise<string | undefined> | undefined;

  /** A replica answers, and so does a full Redis: only a write shows whether work can be done. */
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
    if (!answer) {
      answer = writeTrouble();
      void answer.finally(() => {
        setTimeout(() => {
          answer = undefined;
        }, askAgainAfterMs).unref();
      });
    }
    return answer;
  }

  return {
    phase: 'starting',
    async trouble() {
      if (this.phase === 'draining') return reasons.draining;
      return (await askOnce()) ?? (this.phase === 'working' ? undefined : reasons.starting);
    },
  };
}
