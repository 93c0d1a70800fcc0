import { checkFitness } from '../redis/fitness.ts';
import type { WorkerContext } from './context.ts';

/** How often it is looked, in milliseconds. */
const lookEveryMs = 60_000;

/**
 * Looks now and then whether Redis is still as it has to be at the start of a worker: somebody may change its settings. Each
 * flaw is told once, until it is over.
 */
export function watchFitness(
  { queues, log }: Pick<WorkerContext, 'queues' | 'log'>,
  stop: AbortSignal,
  everyMs = lookEveryMs,
): void {
  let told: ReadonlySet<string> | undefined;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking || stop.aborted) return;
    isLooking = true;
    try {
      const { errors, warnings } = await checkFitness(queues.redis);
      const found = [...errors, ...warnings];
      // What is not wrong enough to be refused at the start was told there.
      const known = told ?? new Set(warnings.map(({ advice }) => advice));
      for (const { problem, advice } of found) {
        if (!known.has(advice)) log.warn({ warning: `${problem} ${advice}` }, 'redis warning');
      }
      told = new Set(found.map(({ advice }) => advice));
    } catch (err) {
      log.debug({ err }, 'no look at Redis');
    }
    isLooking = false;
  }

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  stop.addEventListener('abort', () => clearInterval(timer));
  void look();
}
