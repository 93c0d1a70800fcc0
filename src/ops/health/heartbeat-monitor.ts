import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { readHeartbeats, sendHeartbeats } from '../../queue/records/heartbeats.ts';
import type { Workers } from '../../queue/workers.ts';
import { deafness, type LivenessLimits, type Memory, remember } from './liveness.ts';

/** How often heartbeats are sent and read, and when a worker is deaf without one. */
export interface HeartbeatLimits extends LivenessLimits {
  readonly heartbeatEveryMs: number;
  readonly lookEveryMs: number;
}

/**
 * A worker sends a heartbeat at least every ten seconds, so that no healthy one is missed; a deaf one is found after half
 * a minute, at the second look that misses it.
 */
export const heartbeatLimits: HeartbeatLimits = {
  heartbeatEveryMs: 2_500,
  lookEveryMs: 5_000,
  deafAfterMs: 15_000,
  misses: 2,
};

/** Monitors the heartbeats of the workers of this process. */
export interface HeartbeatMonitor {
  /** Why this process should be restarted; undefined while it lives. */
  trouble(): string | undefined;
  /** From now on heartbeats of these workers are expected. */
  start(context: WorkerContext, workers: Workers): void;
  /** From now on no heartbeats are expected. */
  stop(): void;
}

/** Creates a monitor; it expects no heartbeats before its start. */
export function createHeartbeatMonitor(
  config: Config,
  log: Logger,
  limits: HeartbeatLimits = heartbeatLimits,
): HeartbeatMonitor {
  let memory: Memory = {};
  let name = '';
  let queues: readonly string[] = [];
  let isRefused = () => false;
  let looking = false;
  let stopHeartbeats = () => {};
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const before = deafness(memory, limits);
    // Whom Redis refuses is alive, and to restart it would not help.
    const heartbeats = isRefused() ? undefined : await readHeartbeats(config, name).catch(() => undefined);
    // It may have been stopped during the look.
    const expected = timer === undefined ? [] : queues;
    memory = remember(memory, { atMs: performance.now(), queues: expected, heartbeats }, limits);
    const reason = deafness(memory, limits);
    if (reason !== before) {
      if (reason === undefined) log.info('worker sends heartbeats again');
      else log.error({ reason }, 'worker deaf');
    }
    looking = false;
  }

  return {
    trouble: () => deafness(memory, limits),
    start(context, workers) {
      stopHeartbeats();
      clearInterval(timer);
      memory = {};
      name = context.name;
      queues = Object.keys(workers.heartbeats());
      isRefused = () => context.queues.watch.refusal() !== undefined;
      stopHeartbeats = sendHeartbeats(context, () => workers.heartbeats(), limits.heartbeatEveryMs).stop;
      timer = setInterval(() => void look(), limits.lookEveryMs);
      timer.unref();
    },
    stop() {
      stopHeartbeats();
      clearInterval(timer);
      timer = undefined;
      memory = {};
    },
  };
}
