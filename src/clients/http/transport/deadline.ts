/**
 * Tells which exchanges take too long though something keeps happening: the time-outs of undici begin anew with each part
 * of an answer, and one that comes a byte at a time would never end. Measured: a timer for each exchange, or a map of
 * them, costs up to a third of the CPU of a purge; one clock that is read with each part does not.
 */
export interface Deadline {
  /** The time now, in turns of the clock. */
  now(): number;
  /** Whether what began at this turn has used up its time. */
  isOver(beganAt: number): boolean;
  close(): void;
}

/** How often in that time the clock turns. */
const turns = 8;

/** Opens a clock by which every exchange has `longestMs`, and at most an eighth more. */
export function openDeadline(longestMs: number): Deadline {
  let turn = 0;
  let clock: NodeJS.Timeout | undefined;
  return {
    now() {
      clock ??= setInterval(
        () => {
          turn += 1;
        },
        Math.max(1, longestMs / turns),
      ).unref();
      return turn;
    },
    isOver: (beganAt) => turn - beganAt > turns,
    close() {
      clearInterval(clock);
    },
  };
}
