import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { Crew } from '../../queue/context.ts';
import { leaveBeats, readBeats } from '../../queue/records/heartbeats.ts';
import type { Workers } from '../../queue/workers.ts';
import { deafness, type LivenessLimits, type Memory, remember } from './liveness.ts';

/** How often beats are left and looked for, and what follows from none. */
export interface PulseLimits extends LivenessLimits {
  readonly beatEveryMs: number;
  readonly lookEveryMs: number;
}

/**
 * A worker turns at least every ten seconds, so that no healthy one is missed; a deaf one is found after half a minute, at
 * the second look that misses it.
 */
export const pulseLimits: PulseLimits = {
  beatEveryMs: 2_500,
  lookEveryMs: 5_000,
  deafAfterMs: 15_000,
  misses: 2,
};

/** Watches over the workers of this process. */
export interface Pulse {
  /** Why this process should be started again; undefined while it lives. */
  trouble(): string | undefined;
  /** From now on these workers are expected to live. */
  watchOver(crew: Crew, workers: Workers): void;
  /** From now on nothing is expected any more. */
  stop(): void;
}

/** Opens a pulse; it has nothing to watch over yet. */
export function openPulse(config: Config, log: Logger, limits: PulseLimits = pulseLimits): Pulse {
  let memory: Memory = {};
  let name = '';
  let queues: readonly string[] = [];
  let looking = false;
  let stopBeats = () => {};
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const before = deafness(memory, limits);
    const beats = await readBeats(config, name).catch(() => undefined);
    // Stopped while it looked.
    const expected = timer === undefined ? [] : queues;
    memory = remember(memory, { atMs: performance.now(), queues: expected, beats }, limits);
    const reason = deafness(memory, limits);
    if (reason !== before) {
      if (reason === undefined) log.info('signs of life again');
      else log.error({ reason }, 'worker deaf');
    }
    looking = false;
  }

  return {
    trouble: () => deafness(memory, limits),
    watchOver(crew, workers) {
      stopBeats();
      clearInterval(timer);
      memory = {};
      name = crew.name;
      queues = Object.keys(workers.beats());
      stopBeats = leaveBeats(crew, () => workers.beats(), limits.beatEveryMs).stop;
      timer = setInterval(() => void look(), limits.lookEveryMs);
      timer.unref();
    },
    stop() {
      stopBeats();
      clearInterval(timer);
      timer = undefined;
      memory = {};
    },
  };
}
