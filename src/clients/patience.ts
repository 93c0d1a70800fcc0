/** What can be ended before its time. */
interface Endable {
  abort(reason: Error): void;
}

/**
 * Ends what takes too long. One clock for all of it, and nothing made anew for each: a timer for each request, or a map of
 * them, would be felt in a purge.
 */
export interface Patience {
  /** From now on `one` is ended once its time is over, unless `done` is told the place that this returns. */
  begin(one: Endable): number;
  done(place: number): void;
  close(): void;
}

/** How often in that time the clock looks. */
const looks = 8;

/** Opens a clock that gives everything `longestMs`, and at most an eighth more. */
export function openPatience(longestMs: number, reason: () => Error): Patience {
  const running: (Endable | undefined)[] = [];
  const beganAt: number[] = [];
  const free: number[] = [];
  let turn = 0;
  let clock: NodeJS.Timeout | undefined;

  function look(): void {
    turn += 1;
    for (const [place, one] of running.entries()) {
      if (turn - (beganAt[place] ?? turn) > looks) one?.abort(reason());
    }
  }

  return {
    begin(one) {
      clock ??= setInterval(look, Math.max(1, longestMs / looks)).unref();
      const place = free.pop() ?? running.length;
      running[place] = one;
      beganAt[place] = turn;
      return place;
    },
    done(place) {
      running[place] = undefined;
      free.push(place);
    },
    close() {
      clearInterval(clock);
    },
  };
}
