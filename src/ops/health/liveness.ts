import type { Heartbeats } from '../../queue/records/heartbeats.ts';

/*
 * A worker can be alive and deaf: after a failover its connection hangs, or leads to a master that nobody uses any more,
 * with no error to be seen. It is found by its heartbeats, which it sends to Redis and which are read over another
 * connection. This file only decides: no clock, no Redis.
 */

/** What was seen at one look. */
export interface Look {
  /** Milliseconds of a clock that never goes back. */
  readonly atMs: number;
  /** The queues that this process works on; none before it is ready. */
  readonly queues: readonly string[];
  /** Undefined when Redis did not respond: to restart the process would not help then. */
  readonly heartbeats: Heartbeats | undefined;
}

export interface LivenessLimits {
  /** A worker without a new heartbeat for so long has been missed. */
  readonly deafAfterMs: number;
  /** So often in a row it has to be missed. */
  readonly misses: number;
}

/** A run that has been in hand for so long, in milliseconds, is stuck: no step of any takes more than minutes. */
export const stuckAfterMs = 30 * 60_000;

/** When runs were in hand, by a clock in milliseconds that never goes back. */
export interface RunsInHand {
  readonly atMs: number;
  /** Since when the oldest is; undefined when none is. */
  readonly sinceMs: number | undefined;
  /** When Redis did not respond last: whoever waited for it begins anew. */
  readonly awayMs: number;
}

/** Why the process should be restarted that cannot get on with a run; undefined while it can. */
export function stuckness(
  { atMs, sinceMs, awayMs }: RunsInHand,
  afterMs: number = stuckAfterMs,
): string | undefined {
  if (sinceMs === undefined || atMs - Math.max(sinceMs, awayMs) < afterMs) return undefined;
  return `A run has been worked on for more than ${Math.round(afterMs / 60_000)} minutes without coming to its next step. Restart this process.`;
}

/** What is known of one worker. */
interface Known {
  readonly heartbeat: string | undefined;
  readonly sinceMs: number;
  readonly misses: number;
}

/** What is known of the workers of a process, by queue. */
export type Memory = Readonly<Record<string, Known>>;

/**
 * What one more look adds to what is known. After Redis did not respond, the workers get as long for a heartbeat as if
 * they had just started.
 */
export function remember(
  memory: Memory,
  { atMs, queues, heartbeats }: Look,
  { deafAfterMs }: LivenessLimits,
): Memory {
  if (heartbeats === undefined) return {};
  return Object.fromEntries(
    queues.map((queue) => {
      const known = memory[queue];
      const heartbeat = heartbeats[queue];
      if (!known || known.heartbeat !== heartbeat) return [queue, { heartbeat, sinceMs: atMs, misses: 0 }];
      const missed = atMs - known.sinceMs >= deafAfterMs;
      return [queue, missed ? { ...known, misses: known.misses + 1 } : known];
    }),
  );
}

/** Why the process should be restarted; undefined while it lives. */
export function deafness(memory: Memory, { misses, deafAfterMs }: LivenessLimits): string | undefined {
  const deaf = Object.keys(memory).filter((queue) => (memory[queue]?.misses ?? 0) >= misses);
  if (deaf.length === 0) return undefined;
  const seconds = Math.round(deafAfterMs / 1000);
  return `Redis responds, but it has received no heartbeat of the worker on ${deaf.join(' and ')} for more than ${seconds} s. Restart this process.`;
}
