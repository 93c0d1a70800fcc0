import { isDeepStrictEqual } from 'node:util';
import { Duration } from 'luxon';
import type { HabitKind } from '../../simulators/pointsharp/habits.ts';
import { differences, eventsOf, isOnTime, isTooQuickFor, personsIn, runOuts } from './facts.ts';
import { noCaretaker, type Rules } from './foretell.ts';
import { type Lapse, lapseWith, lapseWithout, type Setting, type Twists } from './lapse.ts';
import { rulesOf, type Scenario, scenarios } from './scenarios.ts';
import type { Changes } from './settings.ts';

/** A lapse and what it went by. */
export interface Course {
  readonly title: string;
  readonly changes: Changes;
  readonly lapse: Lapse;
  readonly rules: Rules;
}

/** The same world, lived through without caretaker and with it in every scenario. */
export type Courses = Readonly<Record<'without' | keyof typeof scenarios, Course>>;

/** One sentence that the time-lapse has to bear out. */
export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
}

/** People who use their device all the time. */
const inUse: readonly HabitKind[] = ['daily', 'weekly'];

/** @param store where runs keep whom they need not ask */
export async function liveThrough(setting: Setting, store: Twists['store'] & object): Promise<Courses> {
  return {
    without: { title: 'without', changes: {}, lapse: lapseWithout(setting), rules: noCaretaker },
    defaults: await course(setting, scenarios.defaults),
    longerActive: await course(setting, scenarios.longerActive),
    askedLess: await course(setting, scenarios.askedLess, { store }),
    tooSmall: await course(setting, scenarios.tooSmall),
    asAdvised: await course(setting, scenarios.asAdvised),
  };
}

async function course(setting: Setting, scenario: Scenario, twists: Twists = {}): Promise<Course> {
  const lapse = await lapseWith(setting, scenario.changes, twists);
  return { ...scenario, lapse, rules: rulesOf(scenario, lapse.ticksMs) };
}

/** What the time-lapse shows, each time with its numbers. */
export function prove(courses: Courses): Proof[] {
  const { without, defaults, longerActive, askedLess, tooSmall, asAdvised } = courses;
  const ends = runOuts(defaults.lapse, defaults.rules);
  const onTime = ends.filter(isOnTime).length;
  const counted = Object.values(courses).map(({ lapse, rules }) => differences(lapse, rules).length);
  const missed = warningsInUse(tooSmall);
  const stillMissed = warningsInUse(asAdvised);
  const quick = stillMissed.filter(({ person }) => {
    const habit = asAdvised.lapse.habits[person];
    return habit !== undefined && isTooQuickFor(weekMs, habit);
  });
  return [
    {
      claim: `With the defaults ${warningsInUse(defaults).length} of ${warningsInUse(without).length} notifications to daily and weekly users are left, and ${timeoutsInUse(defaults)} of ${timeoutsInUse(without)} time-outs.`,
      holds: warningsInUse(defaults).length === 0 && timeoutsInUse(defaults) === 0,
    },
    {
      claim: `${onTime} of ${ends.length} leavers' devices time out, once, at most one period and P14D after their last use, and none is refreshed later than P14D after it.`,
      holds: onTime === ends.length && ends.length > 0,
    },
    {
      claim: `With ACTIVE_WITHIN P28D ${eventsOf(longerActive.lapse, 'notification', 'holiday').length} of ${eventsOf(defaults.lapse, 'notification', 'holiday').length} notifications around holidays are left.`,
      holds: eventsOf(longerActive.lapse, 'notification', 'holiday').length === 0,
    },
    {
      claim: `With REREAD_AFTER P7D every refresh, notification and time-out is the same as by default, device by device and moment by moment, for ${askedLess.lapse.requests} of ${defaults.lapse.requests} requests: ${requestsPerNight(askedLess)} per person and night instead of ${requestsPerNight(defaults)}.`,
      holds:
        isTheSame(askedLess.lapse, defaults.lapse) && askedLess.lapse.requests * 3 < defaults.lapse.requests,
    },
    {
      claim: `The check at start warns about ${tooSmall.title}, and about no other set-up here.`,
      holds: Object.values(courses).every((one) => one.lapse.warnings.length === (one === tooSmall ? 1 : 0)),
    },
    {
      claim: `With it ${missed.length} notifications go to ${personsIn(missed)} daily and weekly users: those whose due window holds no tick, and no other.`,
      holds: missed.length > 0 && differences(tooSmall.lapse, tooSmall.rules).length === 0,
    },
    {
      claim: `With the margin that the check asks for, ${stillMissed.length - quick.length} are left, but for ${personsIn(quick)} people (${quick.length} notifications) whose device is warned about a week after each restart or sooner.`,
      holds: quick.length === stillMissed.length,
    },
    {
      claim: `In all ${counted.length} courses every notification and time-out is the one foretold, device by device.`,
      holds: counted.every((count) => count === 0),
    },
  ];
}

/** Requests of caretaker per person and night, for people. */
export function requestsPerNight({ lapse: { requests, habits, ticksMs } }: Pick<Course, 'lapse'>): string {
  return (requests / habits.length / ticksMs.length).toFixed(2);
}

function isTheSame(one: Lapse, other: Lapse): boolean {
  return isDeepStrictEqual([one.events, refreshesOf(one)], [other.events, refreshesOf(other)]);
}

/** What a run refreshes at once has no order of its own: answers come as they come. */
export function refreshesOf({ refreshes }: Lapse): string[] {
  return refreshes.map(({ atMs, username, deviceId }) => `${atMs} ${username} ${deviceId}`).sort();
}

const weekMs = Duration.fromObject({ weeks: 1 }).toMillis();

function warningsInUse({ lapse }: Course) {
  return eventsOf(lapse, 'notification', ...inUse);
}

function timeoutsInUse({ lapse }: Course): number {
  return eventsOf(lapse, 'timeout', ...inUse).length;
}
