import { type Line, linesOf } from './check.ts';

/** From how many milliseconds a difference of clocks deserves a look, and from how many it is a failure. */
export interface ClockLimits {
  readonly warnMs: number;
  readonly failMs: number;
}

/** The difference between the clock of a subject and ours. */
export function clockLine(subject: string, theirsMs: number, oursMs: number, limits: ClockLimits): Line {
  const { ok, warn, fail } = linesOf(subject);
  const apartMs = Math.abs(theirsMs - oursMs);
  const found = `differs from our clock by ${(apartMs / 1000).toFixed(1)} s`;
  const remedy = 'Set both clocks by the same NTP server.';
  if (apartMs > limits.failMs) return fail('clock', found, remedy);
  return apartMs > limits.warnMs ? warn('clock', found, remedy) : ok('clock', found);
}
