/** Waits for a turn in the budget, or no longer once nothing more is to be sent: the turn is then lost. */
export function unlessAborted(takeTurn: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return takeTurn();
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const end = () => resolve();
    signal.addEventListener('abort', end, { once: true });
    takeTurn()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', end));
  });
}
