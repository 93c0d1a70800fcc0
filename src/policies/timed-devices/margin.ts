import { Duration } from 'luxon';
import type { Mismatch } from '../../config/settings/problem.ts';
import type { RefreshTimedDevicesPolicy } from './settings.ts';

/** The least time that is allowed for a run. */
const runAllowance = Duration.fromObject({ hours: 1 });

/**
 * Whether the margin of a policy covers the longest gap of its schedule and a run: a run takes as long as the baseline
 * says, and at least an hour.
 */
export function checkMargin(
  policy: RefreshTimedDevicesPolicy,
  gapMs: number,
  baselineMs = 0,
): readonly Mismatch[] {
  const least = Duration.fromMillis(gapMs + Math.max(baselineMs, runAllowance.toMillis()));
  if (policy.margin.toMillis() >= least.toMillis()) return [];
  const fits = least.rescale().toISO();
  const gap = Duration.fromMillis(gapMs).rescale().toISO();
  return [
    {
      problem: `MARGIN ${policy.margin.toISO()} does not cover the longest gap of the schedule (${gap}) and the run itself: the vendor would warn users between two runs`,
      advice: `set MARGIN to ${fits} or more, or run more often`,
    },
  ];
}
