import type { Clock } from '../clock.ts';
import { isNotified, isTimed, isTimedOut } from '../pointsharp/devices.ts';
import type { WindowState } from '../pointsharp/windows.ts';
import type { PointsharpWorld } from '../pointsharp/world.ts';

/** A number over everybody, and over the users of the roster (without their namesakes in other storages). */
export interface Tally<T> {
  readonly total: T;
  readonly roster: T;
}

export type WindowCounts = Readonly<Record<WindowState, number>>;

export interface DeviceCounts {
  readonly all: number;
  readonly timed: number;
  /** Timed, the warning has gone out, not timed out yet. */
  readonly notified: number;
  readonly timedOut: number;
}

/** What the vendor did by itself since the start; `byDay` (UTC) counts everybody. */
export interface EventCounts {
  readonly notifications: Tally<number>;
  readonly timeouts: Tally<number>;
  readonly notificationsByDay: Readonly<Record<string, number>>;
}

/** What is in a world just now. Walks over everybody: about a second for 200,000 users. */
export interface WorldFacts {
  readonly clock: { readonly start: string; readonly now: string; readonly frozen: boolean };
  readonly users: number;
  readonly windows: Tally<WindowCounts>;
  readonly devices: Tally<DeviceCounts>;
  readonly events: EventCounts;
}

export function worldFacts(world: PointsharpWorld): WorldFacts {
  return {
    clock: clockFacts(world.clock),
    users: world.people.users,
    windows: countWindows(world),
    devices: countDevices(world),
    events: countEvents(world),
  };
}

export function clockFacts(clock: Clock): WorldFacts['clock'] {
  return {
    start: new Date(clock.startMs).toISOString(),
    now: new Date(clock.now()).toISOString(),
    frozen: clock.isFrozen(),
  };
}

export function countWindows(world: PointsharpWorld): Tally<WindowCounts> {
  const none = { waiting: 0, expired: 0, 'in-use': 0, used: 0 };
  const counts = { total: { ...none }, roster: { ...none } };
  for (const person of world.people.all()) {
    for (const { state } of world.windows(person)) {
      counts.total[state] += 1;
      if (world.people.isRosterUser(person)) counts.roster[state] += 1;
    }
  }
  return counts;
}

export function countDevices(world: PointsharpWorld): Tally<DeviceCounts> {
  const nowMs = world.clock.now();
  const none = { all: 0, timed: 0, notified: 0, timedOut: 0 };
  const counts = { total: { ...none }, roster: { ...none } };
  for (const person of world.people.all()) {
    const groups = world.people.isRosterUser(person) ? [counts.total, counts.roster] : [counts.total];
    for (const times of world.deviceTimes(person)) {
      for (const group of groups) {
        group.all += 1;
        if (isTimed(times)) group.timed += 1;
        if (isTimedOut(times, nowMs)) group.timedOut += 1;
        else if (isNotified(times, nowMs)) group.notified += 1;
      }
    }
  }
  return counts;
}

/**
 * Counts what the vendor did since the start of the world; with a later `untilMs` also what it would do up to then if
 * nobody did anything (the clock is not moved).
 */
export function countEvents(world: PointsharpWorld, untilMs = world.clock.now()): EventCounts {
  const notifications = { total: 0, roster: 0 };
  const timeouts = { total: 0, roster: 0 };
  const notificationsByDay: Record<string, number> = {};
  for (const { kind, person, atMs } of world.events(untilMs)) {
    const counts = kind === 'notification' ? notifications : timeouts;
    counts.total += 1;
    if (world.people.isRosterUser(person)) counts.roster += 1;
    if (kind === 'timeout') continue;
    const day = new Date(atMs).toISOString().slice(0, 10);
    notificationsByDay[day] = (notificationsByDay[day] ?? 0) + 1;
  }
  return { notifications, timeouts, notificationsByDay };
}
