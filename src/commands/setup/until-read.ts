import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** A reader that stands still slows the work down, and does not stop it; in milliseconds. */
const longestWaitMs = 10_000;

/**
 * Makes what waits for the readers of these outputs, when more has been written than they have taken. Node keeps in memory
 * what a slow reader of a pipe has not read yet, without a limit: a line for each of a million users made gigabytes.
 */
export function untilRead(
  outputs: readonly Writable[],
  waitMs = longestWaitMs,
): (signal?: AbortSignal) => Promise<void> {
  return async (signal) => {
    const behind = outputs.filter(({ writableNeedDrain }) => writableNeedDrain);
    if (behind.length === 0) return;
    const timeout = AbortSignal.timeout(waitMs);
    const enough = signal ? AbortSignal.any([signal, timeout]) : timeout;
    // Aborted, or broken: whoever writes next is told.
    await Promise.allSettled(behind.map((output) => once(output, 'drain', { signal: enough })));
  };
}
