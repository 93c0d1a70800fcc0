import { Duration } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../../../src/config/settings/read-group.ts';
import { checkMargin } from '../../../src/policies/timed-devices/margin.ts';
import {
  type RefreshTimedDevicesPolicy,
  refreshTimedDevicesSettings,
} from '../../../src/policies/timed-devices/settings.ts';

function policyOf(texts: Readonly<Record<string, string>>): RefreshTimedDevicesPolicy {
  return readTexts('REFRESH_TIMED_DEVICES_', refreshTimedDevicesSettings, texts);
}

describe('A margin', () => {
  const day = Duration.fromObject({ days: 1 }).toMillis();
  it.each(['PT25H', 'PT36H', 'P2D'])('a margin of %s covers a day and an hour for the run', (margin) => {
    expect(checkMargin(policyOf({ margin }), day)).toEqual([]);
  });
  it.each(['PT1H', 'P1D', 'PT24H59M'])(
    'a margin of %s does not cover a day and an hour for the run',
    (margin) => {
      const [problem] = checkMargin(policyOf({ margin }), day);
      expect(problem?.problem).toContain(
        `MARGIN ${margin} does not cover the longest gap of the schedule (P1D)`,
      );
      expect(problem?.advice).toBe('set MARGIN to P1DT1H or more, or run more often');
    },
  );

  it('a margin has to cover the usual time of a run where that is longer than an hour, and only then', () => {
    const twoHours = Duration.fromObject({ hours: 2 }).toMillis();
    expect(checkMargin(policyOf({ margin: 'PT26H' }), day, twoHours)).toEqual([]);
    expect(checkMargin(policyOf({ margin: 'PT25H' }), day, twoHours)).toEqual([
      expect.objectContaining({ advice: expect.stringContaining('set MARGIN to P1DT2H or more') }),
    ]);
    expect(checkMargin(policyOf({ margin: 'PT25H' }), day, twoHours / 4)).toEqual([]);
  });
});
