import type { Answer, Call } from './call.ts';
import { VendorError, type VendorErrorName } from './errors.ts';

/** One finished exchange, for metrics: the status if an answer came, the failure if it failed, or both. */
export interface Exchange {
  readonly operation: string;
  readonly durationMs: number;
  readonly status?: number;
  readonly failure?: VendorErrorName;
}

/** Sends like `send`, and tells `observe` how each exchange ended. */
export function observed(
  send: (call: Call) => Promise<Answer>,
  observe: (exchange: Exchange) => void,
): (call: Call) => Promise<Answer> {
  return async (call) => {
    const startedAt = performance.now();
    const ended = () => ({ operation: call.operation, durationMs: performance.now() - startedAt });
    let answer: Answer;
    try {
      answer = await send(call);
    } catch (error) {
      if (error instanceof VendorError) {
        const status = error.status === undefined ? {} : { status: error.status };
        observe({ ...ended(), ...status, failure: error.name });
      }
      throw error;
    }
    observe({ ...ended(), status: answer.status });
    return answer;
  };
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
