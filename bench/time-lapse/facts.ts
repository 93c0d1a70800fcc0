import { nameOf } from '../../simulators/people/names.ts';
import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import type { Habit, HabitKind } from '../../simulators/pointsharp/habits.ts';
import { foretell, type Rules } from './foretell.ts';
import { endMs, type Lapse } from './lapse.ts';

const dayMs = 86_400_000;

/** What the vendor did to people of these kinds. */
export function eventsOf(lapse: Lapse, kind: VendorEvent['kind'], ...who: HabitKind[]): VendorEvent[] {
  return lapse.events.filter((event) => {
    const habit = lapse.habits[event.person];
    return event.kind === kind && habit !== undefined && who.includes(habit.kind);
  });
}

/** How many persons some events concern. */
export function personsIn(events: readonly VendorEvent[]): number {
  return new Set(events.map(({ person }) => person)).size;
}

/** How the device of somebody who left ran out; moments in epoch milliseconds. */
export interface RunOut {
  readonly person: number;
  readonly lastUseMs: number;
  /** The last moment at which a run may still take it for a device in use. */
  readonly refreshableUntilMs: number;
  /** The latest moment at which it may time out: one period after that. */
  readonly boundMs: number;
  readonly refreshesMs: readonly number[];
  readonly timeoutsMs: readonly number[];
}

/** How the devices of all leavers ran out after their last use. */
export function runOuts(lapse: Lapse, { activeWithinMs }: Rules): RunOut[] {
  const { seed } = lapse.setting;
  const leavers = lapse.habits.filter(({ kind }) => kind === 'leaver');
  return leavers.flatMap(({ person, phones }) =>
    phones.map(({ usesMs, periodDays }) => {
      const lastUseMs = usesMs.at(-1) ?? 0;
      const refreshableUntilMs = lastUseMs + activeWithinMs;
      const username = nameOf(seed, person);
      return {
        person,
        lastUseMs,
        refreshableUntilMs,
        boundMs: refreshableUntilMs + periodDays * dayMs,
        refreshesMs: later(lapse.refreshes.filter((refresh) => refresh.username === username)),
        timeoutsMs: later(eventsOf(lapse, 'timeout', 'leaver').filter((event) => event.person === person)),
      };

      function later(moments: readonly { readonly atMs: number }[]): number[] {
        return moments.map(({ atMs }) => atMs).filter((atMs) => atMs > lastUseMs);
      }
    }),
  );
}

/** Whether a leaver's device was let go in time and has timed out, once. */
export function isOnTime({ refreshesMs, timeoutsMs, refreshableUntilMs, boundMs }: RunOut): boolean {
  const [timeoutMs, ...more] = timeoutsMs;
  return (
    timeoutMs !== undefined &&
    more.length === 0 &&
    timeoutMs <= boundMs &&
    refreshesMs.every((atMs) => atMs <= refreshableUntilMs)
  );
}

/** Where what was counted differs from what was foretold, person by person; none when both agree. */
export function differences(lapse: Lapse, rules: Rules): string[] {
  const countedBy = Map.groupBy(lapse.events, ({ person }) => person);
  return lapse.habits.flatMap((habit) => {
    const foretold = linesOf(foretell(habit, rules, endMs(lapse.setting)));
    const counted = linesOf(countedBy.get(habit.person) ?? []);
    return foretold === counted ? [] : [`person ${habit.person}: foretold ${foretold}; counted ${counted}`];
  });
}

function linesOf(events: readonly VendorEvent[]): string {
  const lines = events.map(({ kind, atMs }) => `${new Date(atMs).toISOString()} ${kind}`);
  return lines.sort().join(', ') || 'nothing';
}

/** Whether the vendor warns about a device of this person before the schedule, with this gap, comes round again. */
export function isTooQuickFor(gapMs: number, { phones }: Habit): boolean {
  return phones.some(({ periodDays, aheadDays }) => (periodDays - aheadDays) * dayMs <= gapMs);
}
