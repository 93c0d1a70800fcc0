import { randomUUID } from 'node:crypto';
import type { RedisConfig } from '../config/redis.ts';
import { openRedis, type RedisConnection } from './connection.ts';
import { isRefusal, type RedisError, redisError } from './errors.ts';
import { lookForRefusals } from './inspect.ts';

/** Who is told how a connection is. */
export interface RedisListener {
  /** Each time that Redis does not answer, or refuses; also as long as it is the same. */
  readonly failed?: (error: RedisError) => void;
  /** It is over: Redis answers, and refuses nothing. */
  readonly ready?: () => void;
  /** A command was refused with this code, one of a look as well. */
  readonly refused?: (code: string) => void;
}

/** What Redis refuses now. */
export interface Refusal {
  readonly error: RedisError;
  /** For how long, in milliseconds. */
  readonly forMs: number;
}

/** A connection, and somebody who watches what becomes of it. */
export interface WatchedRedis {
  readonly redis: RedisConnection;
  /** Undefined when nothing is refused, as far as is known. */
  refusal(): Refusal | undefined;
  /** Tells of an error of a copy of this connection: only what Redis refuses there counts. */
  note(error: unknown): void;
  /** Ends the watch, not the connection. */
  stop(): void;
}

/** How often Redis is looked at while something is wrong. */
const lookEveryMs = 2_000;
/** What the look does not find is over when it was not met for so long: longer than whoever was refused pauses. */
const quietMs = 3_500;

/**
 * Opens a connection that keeps trying, and watches it. While something is wrong, Redis is asked over connections of its
 * own: whether all commands are allowed tells more than the next command that happens to succeed.
 */
export function openWatchedRedis(
  config: RedisConfig,
  prefix: string,
  { failed, ready, refused }: RedisListener,
  everyMs = lookEveryMs,
): WatchedRedis {
  const probe = randomUUID();
  let trouble: RedisError | undefined;
  let refusedSince: number | undefined;
  let notedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isStopped = false;

  const redis = openRedis(config, (found) => {
    if (found.refusal !== undefined) refused?.(found.refusal);
    note(found);
  });
  redis.on('ready', () => {
    if (trouble && trouble.refusal === undefined) end();
  });
  redis.on('close', () => lookIn(everyMs));

  function note(found: RedisError): void {
    if (isStopped) return;
    notedAt = performance.now();
    // Of a command in a script Redis says only that one was refused, not which.
    if (found.refusal === 'NOPERM' && trouble?.refusal === undefined) {
      set(found);
      lookIn(0);
    } else if (found.refusal !== 'NOPERM') {
      tell(found);
    }
    lookIn(everyMs);
  }

  function set(found: RedisError): void {
    trouble = found;
    if (found.refusal === undefined) refusedSince = undefined;
    else refusedSince ??= performance.now();
  }

  function tell(found: RedisError): void {
    set(found);
    failed?.(found);
  }

  function end(): void {
    trouble = undefined;
    refusedSince = undefined;
    ready?.();
  }

  function lookIn(ms: number): void {
    if (isStopped || isLooking) return;
    if (timer && ms > 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ms);
    timer.unref();
  }

  async function look(): Promise<void> {
    timer = undefined;
    if (!trouble && redis.status === 'ready') return;
    isLooking = true;
    const beganAt = performance.now();
    const found = await lookForRefusals(config, prefix, probe).catch((error: unknown) =>
      redisError(config, error),
    );
    isLooking = false;
    if (isStopped) return;
    if (found?.refusal !== undefined) refused?.(found.refusal);
    if (found) tell(found);
    else if (trouble && notedAt > beganAt - (trouble.refusal === 'NOPERM' ? quietMs : 0)) failed?.(trouble);
    else if (trouble && redis.status === 'ready') return end();
    lookIn(everyMs);
  }

  return {
    redis,
    note(error) {
      if (isRefusal(error)) note(redisError(config, error));
    },
    refusal() {
      if (!trouble || refusedSince === undefined) return undefined;
      return { error: trouble, forMs: performance.now() - refusedSince };
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
