import { between, chance, createRandom, pick, type Random } from '../people/random.ts';

/** How people live with their phones. `replaced`: a new phone comes, the old one ends in a drawer. */
export const habitKinds = ['daily', 'weekly', 'holiday', 'leaver', 'replaced'] as const;
export type HabitKind = (typeof habitKinds)[number];

/** A timed device in the life of its owner; moments in epoch milliseconds. */
export interface Phone {
  readonly slot: number;
  /** When the vendor came to know it; may be before the start of the world. */
  readonly gotMs: number;
  readonly periodDays: number;
  readonly aheadDays: number;
  /** When it times out if nobody ever restarts its clock. */
  readonly timeoutMs: number;
  /** Rising; those before the start say when it was used last. */
  readonly usesMs: readonly number[];
}

/** What one person does, whatever the vendor or caretaker do. */
export interface Habit {
  readonly person: number;
  readonly kind: HabitKind;
  /** Extends his device at his next use after a warning; others let it time out and bring it back when they need it. */
  readonly heedsWarnings: boolean;
  readonly phones: readonly Phone[];
}

/** In which world, from when and for how long people live. */
export interface Span {
  readonly seed: number;
  readonly startMs: number;
  readonly days: number;
}

export const holidayDays = 21;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const habitQuestion = 40;
const confDays = [14, 30, 60, 90] as const;
const aheadDays = [1, 2, 3, 7] as const;
/** Whoever stops using a phone does so early enough that it can run out within the span: a period and two weeks. */
const daysToRunOut = 90 + 14 + 1;

/** Of twenty people: 10 daily, 4 weekly, 3 with a holiday, 2 leavers, 1 with a new phone. */
function habitKindOf(person: number): HabitKind {
  const twentieth = person % 20;
  if (twentieth < 10) return 'daily';
  if (twentieth < 14) return 'weekly';
  if (twentieth < 17) return 'holiday';
  return twentieth < 19 ? 'leaver' : 'replaced';
}

/** The habits of one person: the same span, the same person, the same life. */
export function habitOf(person: number, { seed, startMs, days }: Span): Habit {
  const random = createRandom(seed, person, habitQuestion);
  const kind = habitKindOf(person);
  const heedsWarnings = chance(random, 0.5);
  const first = oldPhone(random, startMs);
  // Every day: a phone fetches mail by itself, so that one success a day says all.
  const everyDay = Array.from({ length: days + 2 }, (_, index) => index - 2);
  const lastDay = between(random, 7, Math.max(7, days - daysToRunOut));

  function usesOn(dayNumbers: readonly number[]): number[] {
    return dayNumbers.map((day) => startMs + day * dayMs + between(random, 6 * hourMs, 22 * hourMs));
  }

  function phones(): Phone[] {
    switch (kind) {
      case 'daily':
        return [{ ...first, usesMs: usesOn(everyDay) }];
      case 'weekly': {
        const weekday = between(random, 0, 6);
        const weeks = Array.from({ length: Math.ceil(days / 7) + 1 }, (_, index) => index - 1);
        return [{ ...first, usesMs: usesOn(weeks.map((week) => week * 7 + weekday)) }];
      }
      case 'holiday': {
        const leave = between(random, 7, Math.max(7, days - holidayDays - 7));
        const atHome = everyDay.filter((day) => day < leave || day >= leave + holidayDays);
        return [{ ...first, usesMs: usesOn(atHome) }];
      }
      case 'leaver':
        return [{ ...first, usesMs: usesOn(everyDay.filter((day) => day <= lastDay)) }];
      case 'replaced': {
        const usesMs = usesOn(everyDay.filter((day) => day <= lastDay));
        return [{ ...first, usesMs }, newPhone(random, usesOn(everyDay.filter((day) => day > lastDay)))];
      }
    }
  }

  return { person, kind, heedsWarnings, phones: phones() };
}

/**
 * A phone somewhere within its period. Its first warning is at least a day off: before its first run caretaker can
 * help nobody.
 */
function oldPhone(random: Random, startMs: number): Omit<Phone, 'usesMs'> {
  const { periodDays, aheadDays } = conf(random);
  const firstWarningMs = startMs + between(random, dayMs, (periodDays - aheadDays) * dayMs);
  return {
    slot: 0,
    gotMs: startMs - between(random, 91, 900) * dayMs,
    periodDays,
    aheadDays,
    timeoutMs: firstWarningMs + aheadDays * dayMs,
  };
}

function newPhone(random: Random, usesMs: readonly number[]): Phone {
  const { periodDays, aheadDays } = conf(random);
  const gotMs = usesMs[0] ?? 0;
  return { slot: 1, gotMs, periodDays, aheadDays, timeoutMs: gotMs + periodDays * dayMs, usesMs };
}

function conf(random: Random): Pick<Phone, 'periodDays' | 'aheadDays'> {
  return { periodDays: pick(random, confDays), aheadDays: pick(random, aheadDays) };
}
