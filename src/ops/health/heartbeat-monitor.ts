import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { WorkerContext } from '../../queue/context.ts';
import { readHeartbeats, sendHeartbeats } from '../../queue/records/heartbeats.ts';
import type { Workers } from '../../queue/workers.ts';
import { deafness, type LivenessLimits, type Memory, remember, stuckness } from './liveness.ts';

/** How often heartbeats are sent and read, and when a worker is deaf without one. */
export interface HeartbeatLimits extends LivenessLimits {
  readonly heartbeatEveryMs: number;
  readonly lookEveryMs: number;
  /** A run that has been in hand for so long is stuck; left out, `stuckAfterMs`. */
  readonly stuckAfterMs?: number;
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
  let stuck: string | undefined;
  let awayMs = 0;
  let runInHandSinceMs: Workers['runInHandSinceMs'] = () => undefined;
  let name = '';
  let queues: readonly string[] = [];
  let isRefused = () => false;
  let looking = false;
  let stopHeartbeats = () => {};
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    const before = trouble();
    // Whom Redis refuses is alive, and to restart it would not help.
    const heartbeats = isRefused() ? undefined : await readHeartbeats(config, name).catch(() => undefined);
    // It may have been stopped during the look.
    const expected = timer === undefined ? [] : queues;
    const atMs = performance.now();
    memory = remember(memory, { atMs, queues: expected, heartbeats }, limits);
    if (heartbeats === undefined) awayMs = atMs;
    const sinceMs = timer === undefined ? undefined : runInHandSinceMs();
    stuck = stuckness({ atMs, sinceMs, awayMs }, limits.stuckAfterMs);
    tell(before);
    looking = false;
  }

  function tell(before: string | undefined): void {
    const reason = trouble();
    if (reason === before) return;
    if (reason === undefined) log.info('worker lives again');
    else log.error({ reason }, reason === stuck ? 'run stuck' : 'worker deaf');
  }

  function trouble(): string | undefined {
    return deafness(memory, limits) ?? stuck;
  }

  return {
    trouble,
    start(context, workers) {
      stopHeartbeats();
      clearInterval(timer);
      memory = {};
      name = context.name;
      queues = Object.keys(workers.heartbeats());
      runInHandSinceMs = workers.runInHandSinceMs;
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
      stuck = undefined;
    },
  };
}
