import type { Interruptions } from './interruptions.ts';

/** How long the roster of a run that is to stop is still read: a million users take less. */
const readOnMs = 2_000;

/** The readings of the roster for one run, in this process. */
interface Reading {
  /** Aborted when nobody waits for the roster any more. */
  readonly reading: AbortSignal;
  /** Call it when the run is left. */
  leave(): void;
}

/**
 * Ends the reading of a roster that hangs when its run is to stop. One that gives is read to its end, so that the report
 * has everybody.
 *
 * @param signal ends every reading at once
 */
export function interruptReading(
  interruptions: Pick<Interruptions, 'enter'>,
  run: string,
  signal: AbortSignal | undefined,
): Reading {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    timer ??= setTimeout(() => stop.abort(), readOnMs);
  };
  // A pause is for batches: it ends no reading.
  const leave = interruptions.enter({ run, job: '', vendor: '', interrupt });
  return {
    reading: AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]),
    leave() {
      clearTimeout(timer);
      leave();
    },
  };
}
