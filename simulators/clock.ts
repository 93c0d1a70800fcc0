/** The clock that both simulated vendors live by. It only moves forward: what was sent is not unsent. */
export interface Clock {
  /** Where it started, epoch milliseconds. */
  readonly startMs: number;
  /** What it shows, whole epoch milliseconds. */
  now(): number;
  isFrozen(): boolean;
  /** Moves it to a moment that is not before the present one. Throws a RangeError otherwise. */
  set(epochMs: number): void;
  advance(byMs: number): void;
  /** Frozen it stands still until it is moved or unfrozen. */
  freeze(frozen: boolean): void;
  /** Back to the start, running or frozen as it was then. */
  reset(): void;
}

export function createClock(startMs: number, startsFrozen = false): Clock {
  let shown = startMs;
  let anchor = performance.now();
  let frozen = startsFrozen;

  function now(): number {
    return frozen ? shown : Math.floor(shown + performance.now() - anchor);
  }

  function show(epochMs: number): void {
    shown = epochMs;
    anchor = performance.now();
  }

  function set(epochMs: number): void {
    if (!Number.isFinite(epochMs)) throw new RangeError('the clock needs a moment in epoch milliseconds');
    const present = now();
    if (epochMs < present) {
      const wanted = new Date(epochMs).toISOString();
      throw new RangeError(
        `the clock shows ${new Date(present).toISOString()} and cannot go back to ${wanted}; reset the simulators to start over`,
      );
    }
    show(Math.floor(epochMs));
  }

  return {
    startMs,
    now,
    isFrozen: () => frozen,
    set,
    advance: (byMs) => set(now() + byMs),
    freeze(wanted) {
      show(now());
      frozen = wanted;
    },
    reset() {
      frozen = startsFrozen;
      show(startMs);
    },
  };
}
