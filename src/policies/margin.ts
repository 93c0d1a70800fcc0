import { Duration } from 'luxon';
import type { Mismatch } from '../config/settings/problem.ts';
import type { RefreshTimedDevicesPolicy } from './refresh-timed-devices.ts';

/** What a run is given to finish in at least; longer, where its history shows that it takes longer. */
const runAllowance = Duration.fromObject({ hours: 1 });

/** Problems of a policy together with the longest gap of its schedule and the time its runs usually take. */
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
