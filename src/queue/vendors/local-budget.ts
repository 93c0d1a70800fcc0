import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { type Budget, budgetWindow } from './budget.ts';

/**
 * The budget of a process that works without Redis. It knows of its own requests only: those of workers come on top.
 * Undefined when there is no limit.
 */
export function createLocalBudget(requestsPerSecond: number): Budget | undefined {
  if (requestsPerSecond === 0) return undefined;
  const { points, windowMs } = budgetWindow(requestsPerSecond);
  const line = new RateLimiterQueue(new RateLimiterMemory({ points, duration: windowMs / 1000 }));
  return async () => {
    await line.removeTokens(1);
  };
}
