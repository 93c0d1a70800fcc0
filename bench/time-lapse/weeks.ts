import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import { type HabitKind, habitKinds } from '../../simulators/pointsharp/habits.ts';
import { eventsOf } from './facts.ts';
import type { Lapse } from './lapse.ts';

/** How often something happened in each week, by kind of person. The last week may be cut short. */
export type WeekCounts = Readonly<Record<HabitKind, readonly number[]>>;

const weekMs = 7 * 86_400_000;

export function countWeeks(lapse: Lapse, kind: VendorEvent['kind']): WeekCounts {
  const { startMs, days } = lapse.setting;
  const counts = habitKinds.map((who): [HabitKind, number[]] => {
    const weeks = Array<number>(Math.ceil(days / 7)).fill(0);
    for (const { atMs } of eventsOf(lapse, kind, who)) {
      // What happens as the curtain falls belongs to the last week.
      const week = Math.min(Math.floor((atMs - startMs) / weekMs), weeks.length - 1);
      weeks[week] = (weeks[week] ?? 0) + 1;
    }
    return [who, weeks];
  });
  return Object.fromEntries(counts) as Record<HabitKind, number[]>;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The same over all kinds of people. */
export function totalWeeks(counts: WeekCounts): number[] {
  return counts.daily.map((_, week) => sum(habitKinds.map((kind) => counts[kind][week] ?? 0)));
}
