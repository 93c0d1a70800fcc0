import { between, chance, createRandom, next, pick, type Random } from '../people/random.ts';
import type { Stamp } from './dates.ts';

/** In what TimeoutConf and TimeoutConfAheadNotification count. The vendor does not say; a world chooses. */
export type TimeoutUnit = 'minutes' | 'hours' | 'days';

export const unitMs: Readonly<Record<TimeoutUnit, number>> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** The dates of a device and what follows from them. */
export interface DeviceTimes {
  readonly createTime: Stamp;
  readonly lastOkTime: Stamp;
  readonly lastErrorTime: Stamp;
  /** In the unit of the world; 0 or missing: not a timed device. */
  readonly timeoutConf: number | 'missing';
  readonly aheadConf: number | 'missing';
  readonly timeout: Stamp;
  /** When the vendor warns the user (epoch milliseconds); null: never. */
  readonly notifyAtMs: number | null;
  /** When the device's clock was last started; what the vendor did before is not counted. */
  readonly sinceMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const timesQuestion = 20;
const confDays = [14, 30, 60, 90] as const;
const aheadDays = [1, 2, 3, 7] as const;
const absent = ['null', 'missing', 'min-value'] as const;

/** How many devices there are per person, in twentieths. */
const counts = [0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6] as const;

/** How the owner of a timed device lives with it, and when the vendor's warning is due. */
const habits = [
  ...Array<'soon'>(30).fill('soon'),
  ...Array<'daily'>(34).fill('daily'),
  ...Array<'never-used'>(6).fill('never-used'),
  ...Array<'failing'>(8).fill('failing'),
  ...Array<'inactive'>(10).fill('inactive'),
  ...Array<'warned'>(6).fill('warned'),
  ...Array<'timed-out'>(5).fill('timed-out'),
  'not-started',
] as const;

/**
 * The devices of a person at the start of the world, as far as time is concerned.
 *
 * @param count how many they are; left out, as the seed says
 */
export function seededTimes(
  seed: number,
  person: number,
  startMs: number,
  unit: TimeoutUnit,
  count?: number,
): DeviceTimes[] {
  const random = createRandom(seed, person, timesQuestion);
  const times: DeviceTimes[] = [];
  for (let left = count ?? pick(random, counts); left > 0; left -= 1) {
    times.push(chance(random, 0.7) ? timed(random, startMs, unit) : untimed(random, startMs));
  }
  return times;
}

function untimed(random: Random, startMs: number): DeviceTimes {
  return {
    createTime: chance(random, 0.9) ? startMs - somewhere(random, dayMs, 900 * dayMs) : pick(random, absent),
    lastOkTime: chance(random, 0.8) ? startMs - somewhere(random, 0, 400 * dayMs) : pick(random, absent),
    lastErrorTime: chance(random, 0.2) ? startMs - somewhere(random, 0, 400 * dayMs) : pick(random, absent),
    timeoutConf: chance(random, 0.5) ? 0 : 'missing',
    aheadConf: chance(random, 0.5) ? 0 : 'missing',
    timeout: pick(random, absent),
    notifyAtMs: null,
    sinceMs: startMs,
  };
}

function timed(random: Random, startMs: number, unit: TimeoutUnit): DeviceTimes {
  const habit = habits[Math.floor(next(random) * habits.length)] ?? 'daily';
  const days = pick(random, confDays);
  const ahead = pick(random, aheadDays);
  const timeout =
    habit === 'not-started' ? pick(random, absent) : startMs + timeLeft(random, habit, days, ahead);
  return {
    createTime: chance(random, 0.95)
      ? startMs - somewhere(random, 91 * dayMs, 1200 * dayMs)
      : pick(random, absent),
    ...contacts(random, habit, startMs),
    timeoutConf: days * (dayMs / unitMs[unit]),
    aheadConf: ahead * (dayMs / unitMs[unit]),
    timeout,
    notifyAtMs: typeof timeout === 'number' ? timeout - ahead * dayMs : null,
    sinceMs: startMs,
  };
}

type Habit = (typeof habits)[number];

/** From the start of the world to the timeout, in milliseconds; negative when it is past. */
function timeLeft(random: Random, habit: Habit, days: number, ahead: number): number {
  if (habit === 'timed-out') return -somewhere(random, hourMs, 40 * dayMs);
  // Warned already, not yet timed out.
  if (habit === 'warned') return somewhere(random, hourMs, ahead * dayMs - hourMs);
  const comesSoon = habit !== 'daily' && chance(random, 0.8);
  const untilNotification = comesSoon
    ? somewhere(random, 2 * hourMs, 2 * dayMs)
    : somewhere(random, 3 * dayMs, Math.max(4, days - ahead) * dayMs);
  return untilNotification + ahead * dayMs;
}

function contacts(
  random: Random,
  habit: Habit,
  startMs: number,
): Pick<DeviceTimes, 'lastOkTime' | 'lastErrorTime'> {
  if (habit === 'never-used') {
    return {
      lastOkTime: pick(random, absent),
      lastErrorTime: chance(random, 0.3) ? startMs - somewhere(random, 0, 60 * dayMs) : pick(random, absent),
    };
  }
  if (habit === 'failing') {
    const lastErrorTime = startMs - somewhere(random, 0, 5 * dayMs);
    return { lastOkTime: lastErrorTime - somewhere(random, hourMs, 10 * dayMs), lastErrorTime };
  }
  const isAway = habit === 'inactive' || (habit === 'timed-out' && chance(random, 0.7));
  const lastOkTime = isAway
    ? startMs - somewhere(random, 60 * dayMs, 300 * dayMs)
    : startMs - somewhere(random, 60_000, 22 * hourMs);
  // An error that a later success made good is no failure.
  const lastErrorTime = chance(random, 0.15)
    ? lastOkTime - somewhere(random, hourMs, 90 * dayMs)
    : pick(random, absent);
  return { lastOkTime, lastErrorTime };
}

function somewhere(random: Random, lowMs: number, highMs: number): number {
  return between(random, lowMs, highMs);
}
