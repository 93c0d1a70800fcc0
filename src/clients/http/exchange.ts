import type { Call } from '../call.ts';
import { VendorError, type VendorErrorName } from '../errors/vendor-error.ts';

/** One finished exchange, for metrics: the status if an answer came, the failure if it failed, or both. */
export interface Exchange {
  readonly operation: string;
  readonly durationMs: number;
  readonly status?: number;
  readonly failure?: VendorErrorName;
}

/** An exchange that ended with an error. */
export function failedExchange({ operation }: Call, durationMs: number, error: unknown): Exchange {
  if (!(error instanceof VendorError)) return { operation, durationMs };
  const { status, name: failure } = error;
  return { operation, durationMs, failure, ...(status === undefined ? {} : { status }) };
}

/** One observer out of several; undefined when there is none. */
export function observedBy(
  observers: readonly (((exchange: Exchange) => void) | undefined)[],
): ((exchange: Exchange) => void) | undefined {
  const all = observers.filter((one) => one !== undefined);
  if (all.length < 2) return all[0];
  return (exchange) => {
    for (const observe of all) observe(exchange);
  };
}
