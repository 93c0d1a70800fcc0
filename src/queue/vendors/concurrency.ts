/** How the requests in flight to a vendor are shared out: so many batches at once, each with so many requests at once. */
export interface Concurrency {
  readonly batches: number;
  readonly width: number;
}

/** More batches at once than this only raise what a killed worker has to do again. */
const mostBatches = 8;

/**
 * Shares out requests in flight. Together they never exceed `requestsInFlight`; of the ways that use most of it, the
 * one with most batches is taken, so that several workers share them evenly.
 */
export function shareOut(requestsInFlight: number): Concurrency {
  let best: Concurrency = { batches: 1, width: requestsInFlight };
  for (let batches = 2; batches <= Math.min(mostBatches, requestsInFlight); batches += 1) {
    const width = Math.floor(requestsInFlight / batches);
    if (batches * width >= best.batches * best.width) best = { batches, width };
  }
  return best;
}
