import { createClock } from '../../simulators/clock.ts';
import { createPeople } from '../../simulators/people/people.ts';
import { rosterUser } from '../../simulators/people/roster.ts';
import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import type { Habit } from '../../simulators/pointsharp/habits.ts';
import { startLife } from '../../simulators/pointsharp/life.ts';
import { createPointsharpWorld, type PointsharpWorld } from '../../simulators/pointsharp/world.ts';
import { startSimulators } from '../../simulators/simulators.ts';
import { openVendorClients } from '../../src/clients/vendors.ts';
import { problemLine } from '../../src/config/settings/problem.ts';
import type { Queues } from '../../src/queue/queues.ts';
import { type Refresh, runOnce } from './run-once.ts';
import { type Changes, readSettings, ticksBetween } from './settings.ts';

/** A world to be watched: who lives in it follows from these numbers alone. */
export interface Setting {
  readonly seed: number;
  readonly users: number;
  readonly startMs: number;
  readonly days: number;
}

/** What happened to the users of the roster. */
export interface Lapse {
  readonly setting: Setting;
  readonly habits: readonly Habit[];
  /** What the simulated vendor did by itself, in the order of time. */
  readonly events: readonly VendorEvent[];
  /** What caretaker did. */
  readonly refreshes: readonly Refresh[];
  /** How many requests it sent for that. */
  readonly requests: number;
  /** When its schedule fired, epoch milliseconds. */
  readonly ticksMs: readonly number[];
  /** What caretaker says about its settings at start. */
  readonly warnings: readonly string[];
}

/** What else happens on the way. */
export interface Twists {
  /** Where runs keep whom they need not ask; left out, nothing is kept. */
  readonly store?: Pick<Queues, 'redis' | 'prefix'>;
  /** From this day on the settings are others. */
  readonly later?: { readonly fromDay: number; readonly changes: Changes };
  /** Something happens before the run of each day. */
  readonly beforeRun?: (day: number) => Promise<unknown>;
  /** How far the clock of caretaker is ahead on a day, in milliseconds. */
  readonly aheadMs?: (day: number) => number;
}

const dayMs = 86_400_000;

/** The moment at which a world is watched no longer, epoch milliseconds. */
export function endMs({ startMs, days }: Setting): number {
  return startMs + days * dayMs;
}

/** Lets the world of a setting live without caretaker. */
export function lapseWithout(setting: Setting): Lapse {
  const { seed, users, startMs, days } = setting;
  const world = createPointsharpWorld(createPeople(seed, users), createClock(startMs, true), 'days');
  const life = startLife(world, days);
  life.liveUntil(endMs(setting));
  const { habits } = life;
  return {
    setting,
    habits,
    events: eventsOfRoster(world),
    refreshes: [],
    requests: 0,
    ticksMs: [],
    warnings: [],
  };
}

/**
 * Lets its twin live with caretaker, which runs whenever its schedule fires: the job itself, its typed clients and the
 * simulated Pointsharp at the other end of real sockets. The clock stands still during a run.
 *
 * @param changes environment variables in which its settings differ from the defaults
 * @throws Error when a run does not reach or cannot do something
 */
export async function lapseWith(
  setting: Setting,
  changes: Changes = {},
  { store, later, beforeRun, aheadMs = () => 0 }: Twists = {},
): Promise<Lapse> {
  const { seed, users, startMs, days } = setting;
  const simulators = await startSimulators({ seed, users, now: startMs, frozen: true, unit: 'days' });
  const { people, clock, pointsharp } = simulators;
  try {
    const settings = readSettings(pointsharp.url, startMs, changes);
    const settingsLater = later && readSettings(pointsharp.url, startMs, { ...changes, ...later.changes });
    const clients = openVendorClients(settings.config, undefined, { mode: 'enforce' });
    try {
      const life = startLife(pointsharp.world, days);
      const roster = Array.from({ length: users }, (_, index) => rosterUser(people, index));
      const ticksMs = ticksBetween(settings.jobConfig, startMs, endMs(setting));
      const refreshes: Refresh[] = [];
      let requests = 0;
      for (const tickMs of ticksMs) {
        life.liveUntil(tickMs);
        const day = Math.floor((tickMs - startMs) / dayMs);
        await beforeRun?.(day);
        const inEffect = later && settingsLater && day >= later.fromDay ? settingsLater : settings;
        const nowMs = () => clock.now() + aheadMs(day);
        const night = await runOnce(inEffect, { clients, nowMs, ...(store ? { store } : {}) }, roster);
        refreshes.push(...night.refreshes);
        requests += night.requests;
      }
      life.liveUntil(endMs(setting));
      const warnings = settings.config.warnings.map(problemLine);
      return {
        setting,
        habits: life.habits,
        events: eventsOfRoster(pointsharp.world),
        refreshes,
        requests,
        ticksMs,
        warnings,
      };
    } finally {
      await clients.close();
    }
  } finally {
    await simulators.close();
  }
}

function eventsOfRoster({ people, events }: PointsharpWorld): VendorEvent[] {
  const ofRoster = Array.from(events()).filter(({ person }) => people.isRosterUser(person));
  return ofRoster.sort(
    (one, other) =>
      one.atMs - other.atMs || one.person - other.person || one.kind.localeCompare(other.kind, 'en'),
  );
}
