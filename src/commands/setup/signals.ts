import { endProcess } from './end-process.ts';

const stopSignals = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const;

/** Calls back at each SIGTERM or SIGINT; returns how to stop listening. */
export function onStopSignal(listener: () => void): () => void {
  for (const [signal] of stopSignals) process.on(signal, listener);
  return () => {
    for (const [signal] of stopSignals) process.off(signal, listener);
  };
}

/**
 * Ends the first process of a container at a signal that no command listens to, as every other process ends. The kernel
 * delivers to the first process only those signals that it listens to.
 */
export function endFirstProcessOnSignals(): void {
  if (process.pid !== 1) return;
  for (const [signal, number] of stopSignals) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) endProcess(128 + number);
    });
  }
}
