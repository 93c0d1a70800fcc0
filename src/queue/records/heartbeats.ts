import type { Config } from '../../config/config.ts';
import { askRedis } from '../../redis/connection.ts';
import type { WorkerContext } from '../context.ts';

/*
 * Each worker sends its heartbeat to Redis, over the connections that it works with. Whoever reads it there over another,
 * fresh one sees whether the worker still reaches the Redis that everybody else uses: not one that hangs, and not a
 * master that was left behind by a failover.
 */

/** Heartbeats of a process by queue; text, as Redis has it. */
export type Heartbeats = Readonly<Record<string, string>>;

/** What nobody renews is the heartbeat of a process that is gone. */
const keptForMs = 10 * 60_000;

/** Sends the heartbeats of this process every so often until told to stop. One at a time: a hanging Redis gets no pile of them. */
export function sendHeartbeats(
  context: WorkerContext,
  heartbeats: () => Heartbeats,
  everyMs: number,
): { stop(): void } {
  const { redis, prefix } = context.queues;
  const key = keyOf(prefix, context.name);
  let leaving = false;

  async function leave(): Promise<void> {
    if (leaving) return;
    leaving = true;
    try {
      await redis.hset(key, heartbeats());
      await redis.pexpire(key, keptForMs);
    } catch {
      // Whoever looks for the heartbeat misses it.
    } finally {
      leaving = false;
    }
  }

  const timer = setInterval(() => void leave(), everyMs);
  timer.unref();
  void leave();
  return { stop: () => clearInterval(timer) };
}

/**
 * Reads the heartbeats of a process over a connection of its own, opened anew: it finds the Redis that is there now.
 *
 * @throws RedisError when Redis does not respond
 */
export function readHeartbeats({ redis, prefix }: Config, name: string): Promise<Heartbeats> {
  return askRedis(redis, (connection) => connection.hgetall(keyOf(prefix, name)));
}

function keyOf(prefix: string, name: string): string {
  return `${prefix}:beats:${name}`;
}
