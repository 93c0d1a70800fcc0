import { expect, test } from 'vitest';
import { createClock } from '../../simulators/clock.ts';
import { createPeople } from '../../simulators/people/people.ts';
import { isNotified, isTimedOut } from '../../simulators/pointsharp/devices.ts';
import {
  type Habit,
  type HabitKind,
  habitKinds,
  habitOf,
  holidayDays,
} from '../../simulators/pointsharp/habits.ts';
import { startLife } from '../../simulators/pointsharp/life.ts';
import { createPointsharpWorld } from '../../simulators/pointsharp/world.ts';
import { dayMs, startMs } from './worlds.ts';

const days = 180;
const endMs = startMs + days * dayMs;
const people = Array.from({ length: 500 }, (_, person) => habitOf(person, { seed: 3, startMs, days }));

function of(kind: HabitKind): Habit[] {
  return people.filter((habit) => habit.kind === kind);
}

function usesOf({ phones }: Habit): readonly number[] {
  return phones[0]?.usesMs ?? [];
}

function longestGapMs(usesMs: readonly number[], untilMs: number): number {
  const moments = [...usesMs, untilMs];
  return Math.max(...moments.slice(1).map((momentMs, index) => momentMs - (moments[index] ?? 0)));
}

function live(users: number) {
  const world = createPointsharpWorld(createPeople(3, users), createClock(startMs, true), 'days');
  return { world, life: startLife(world, days) };
}

test('500 people are of every kind, in the same numbers for every seed', () => {
  expect(habitKinds.map((kind) => of(kind).length)).toEqual([250, 100, 75, 50, 25]);
});

test('the same span gives the same life, and another seed another', () => {
  const span = { seed: 3, startMs, days };
  expect(habitOf(12, span)).toEqual(people[12]);
  expect(habitOf(12, { ...span, seed: 4 })).not.toEqual(people[12]);
});

test.for<[HabitKind, number, number]>([
  ['daily', 0, 2],
  ['weekly', 6, 8],
  ['holiday', holidayDays, holidayDays + 2],
])('the longest pause of a %s user is between %i and %i days', ([kind, least, most]) => {
  for (const habit of of(kind)) {
    const gapMs = longestGapMs(usesOf(habit), endMs);
    expect(gapMs).toBeGreaterThan(least * dayMs);
    expect(gapMs).toBeLessThan(most * dayMs);
  }
});

test('whoever gives a phone up does so early enough that it can run out in the span', () => {
  for (const habit of [...of('leaver'), ...of('replaced')]) {
    const lastUseMs = usesOf(habit).at(-1) ?? endMs;
    expect(lastUseMs).toBeGreaterThan(startMs);
    expect(lastUseMs).toBeLessThan(endMs - (90 + 14) * dayMs);
  }
});

test('a new phone takes over from the old one within two days', () => {
  for (const { phones } of of('replaced')) {
    const [old, successor] = phones;
    const pauseMs = (successor?.usesMs[0] ?? 0) - (old?.usesMs.at(-1) ?? 0);
    expect(pauseMs).toBeGreaterThan(0);
    expect(pauseMs).toBeLessThan(2 * dayMs);
    expect(successor?.gotMs).toBe(successor?.usesMs[0]);
  }
});

test('no warning is due on the first day, and every clock was last started before the start', () => {
  for (const { phones } of people) {
    for (const { timeoutMs, aheadDays, periodDays, gotMs } of phones) {
      expect(timeoutMs - aheadDays * dayMs).toBeGreaterThanOrEqual(startMs + dayMs);
      if (gotMs < startMs) expect(timeoutMs - periodDays * dayMs).toBeLessThanOrEqual(startMs);
    }
  }
});

test('only users of the roster get habits; their namesakes keep the devices of the seed', () => {
  const untouched = createPointsharpWorld(createPeople(3, 200), createClock(startMs, true), 'days');
  const { world, life } = live(200);
  life.liveUntil(endMs);
  const namesakes = Array.from(world.people.all()).filter((person) => !world.people.isRosterUser(person));
  expect(namesakes.length).toBeGreaterThan(0);
  for (const person of namesakes) expect(world.devices(person)).toEqual(untouched.devices(person));
});

test('the clock stands where life was told to live to, and every phone was last used when its habit says', () => {
  const { world, life } = live(100);
  const someMs = startMs + 100 * dayMs;
  life.liveUntil(startMs + 40 * dayMs);
  life.liveUntil(someMs);
  expect(world.clock.now()).toBe(someMs);
  for (const { person, phones } of life.habits) {
    const expected = phones.filter(({ gotMs }) => gotMs <= someMs);
    expect(world.devices(person).map(({ lastOkTime }) => lastOkTime)).toEqual(
      expected.map(({ usesMs }) => usesMs.findLast((useMs) => useMs <= someMs)),
    );
  }
});

test('a daily user who heeds warnings is warned and never barred; one who does not is barred, and back the same day', () => {
  const { world, life } = live(100);
  life.liveUntil(endMs);
  const daily = life.habits.filter(({ kind }) => kind === 'daily');
  const events = Array.from(world.events());
  for (const { person, heedsWarnings } of daily) {
    const own = events.filter((event) => event.person === person);
    expect(own.filter(({ kind }) => kind === 'notification').length).toBeGreaterThan(0);
    // With a day's notice and a phone used at noon and at night, the warning may come too late even for him.
    const [device] = world.devices(person);
    const aheadDays = Number(device?.aheadConf);
    const timeouts = own.filter(({ kind }) => kind === 'timeout').length;
    if (heedsWarnings && aheadDays > 1) expect(timeouts).toBe(0);
    if (!heedsWarnings && Number(device?.timeoutConf) < 90) expect(timeouts).toBeGreaterThan(0);
    if (device && isTimedOut(device, endMs)) expect(isNotified(device, endMs)).toBe(true);
  }
});
