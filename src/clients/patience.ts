/** Ends what takes too long. One clock for all of it: a timer for each request would be felt in a purge. */
export interface Patience {
  /** From now on `end` is called once the time is over, unless `done` is called before. */
  begin(end: () => void): { readonly done: () => void };
  close(): void;
}

/** How often in that time the clock looks. */
const looks = 8;

/** Opens a clock that gives everything `longestMs`, and at most an eighth more. */
export function openPatience(longestMs: number): Patience {
  // In the order in which they began, so that only the oldest have to be looked at.
  const running = new Map<() => void, number>();
  let clock: NodeJS.Timeout | undefined;

  function look(): void {
    const now = performance.now();
    for (const [end, beganAt] of running) {
      if (now - beganAt < longestMs) return;
      running.delete(end);
      end();
    }
  }

  return {
    begin(end) {
      clock ??= setInterval(look, Math.max(1, longestMs / looks)).unref();
      running.set(end, performance.now());
      return { done: () => running.delete(end) };
    },
    close() {
      clearInterval(clock);
      running.clear();
    },
  };
}
