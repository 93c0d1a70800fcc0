import { Duration } from 'luxon';
import type { Rules } from './foretell.ts';
import type { Setting } from './lapse.ts';
import type { Changes } from './settings.ts';

/** The world of the time-lapse: 500 people from a Monday on, for 180 days. */
export const wholeWorld: Setting = {
  seed: 1,
  users: 500,
  startMs: Date.parse('2026-01-05T00:00:00Z'),
  days: 180,
};

/** A way to set caretaker up. */
export interface Scenario {
  readonly title: string;
  readonly changes: Changes;
}

const everyMonday = { REFRESH_TIMED_DEVICES_SCHEDULE: '45 3 * * 1' };

export const scenarios = {
  defaults: { title: 'as by default', changes: {} },
  longerActive: {
    title: 'ACTIVE_WITHIN P28D',
    changes: { REFRESH_TIMED_DEVICES_ACTIVE_WITHIN: 'P28D' },
  },
  askedLess: {
    title: 'REREAD_AFTER P7D',
    changes: { REFRESH_TIMED_DEVICES_REREAD_AFTER: 'P7D' },
  },
  tooSmall: {
    title: 'Mondays only, MARGIN P2D',
    changes: { ...everyMonday, REFRESH_TIMED_DEVICES_MARGIN: 'P2D' },
  },
  asAdvised: {
    title: 'Mondays only, MARGIN P1WT1H',
    changes: { ...everyMonday, REFRESH_TIMED_DEVICES_MARGIN: 'P1WT1H' },
  },
} as const satisfies Record<string, Scenario>;

/** What a scenario goes by, read from its own words and the documented defaults, not from the code under proof. */
export function rulesOf({ changes }: Scenario, ticksMs: readonly number[]): Rules {
  return {
    ticksMs,
    marginMs: milliseconds(changes.REFRESH_TIMED_DEVICES_MARGIN ?? 'PT36H'),
    activeWithinMs: milliseconds(changes.REFRESH_TIMED_DEVICES_ACTIVE_WITHIN ?? 'P14D'),
  };
}

function milliseconds(duration: string): number {
  return Duration.fromISO(duration).toMillis();
}
