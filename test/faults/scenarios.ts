import type { Random } from '../../simulators/random.ts';
import type { Figures } from './claims.ts';
import { stormOfKills } from './scenarios/storm-of-kills.ts';

/** A scenario in its two sizes; it throws when something is not as it must be. */
export interface Scenario {
  readonly name: string;
  /** For `npm test`; none where a test elsewhere shows the same, or where a small size shows nothing. */
  readonly short?: (random: Random) => Promise<Figures>;
  /** With the numbers that are promised. */
  readonly long: (random: Random) => Promise<Figures>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'storm-of-kills',
    short: (random) =>
      stormOfKills(random, { users: 1000, kills: 4, restarts: 1, faultShare: 0.1, throttled: 3 }),
    long: (random) => stormOfKills(random, { users: 10_000, kills: 20, restarts: 3, faultShare: 0.1 }),
  },
];
