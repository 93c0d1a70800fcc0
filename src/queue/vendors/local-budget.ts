import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import type { Budget } from './budget.ts';

/** At least half of them go into a second: shorter windows lose too much to timers that come late. */
const windowsPerSecond = 20;

/** How many requests go into a window of how many milliseconds, for a rate per second. */
export function budgetWindow(requestsPerSecond: number): {
  readonly points: number;
  readonly windowMs: number;
} {
  // The end of one window and a whole one more can fall into the same second; with these sizes that stays below a tenth.
  const points = Math.floor(requestsPerSecond / windowsPerSecond) + 1;
  return { points, windowMs: Math.ceil((points * 1000) / requestsPerSecond) };
}

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
