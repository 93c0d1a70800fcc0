import { expect, it, vi } from 'vitest';
import { now } from '../../../src/commands/setup/clock.ts';

it('the clock shows one moment for less than a hundredth of a second, and then the next', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(Date.UTC(2026, 0, 1));
    const first = now();
    vi.setSystemTime(Date.UTC(2026, 0, 1) + 9);
    expect(now()).toBe(first);
    vi.setSystemTime(Date.UTC(2026, 0, 1) + 10);
    expect(now().toMillis()).toBe(first.toMillis() + 10);
    vi.setSystemTime(Date.UTC(2025, 0, 1));
    expect(now().toMillis()).toBe(Date.UTC(2025, 0, 1));
  } finally {
    vi.useRealTimers();
  }
});
