import type { Leaving } from '../left-to-others/put-back.ts';

/** A command works for one run: batches of others must not stand before its own, nor their worker run dry. */
export const notOurs: Leaving = { hiddenMs: 5_000, restMs: 50 };
/** A worker that observes, or has another address or a wrong clock: the others are to find the batch before it does. */
export const notAllowed: Leaving = { hiddenMs: 250, restMs: 1_000 };
