import { unitMs } from './device-times.ts';
import { type Device, isNotified, isTimedOut, seededDevice } from './devices.ts';
import { type Habit, habitOf, type Phone } from './habits.ts';
import type { PointsharpWorld } from './world.ts';

/** The users of a world's roster, living with their phones as the clock moves. */
export interface Life {
  readonly habits: readonly Habit[];
  /** Moves the clock to a moment; on the way everybody gets and uses his phones when he does. */
  liveUntil(epochMs: number): void;
}

interface Occurrence {
  readonly atMs: number;
  readonly habit: Habit;
  readonly phone: Phone;
  readonly device: Device;
}

const dayMs = 86_400_000;

/**
 * Gives every user of the roster the phones of his habits, instead of the devices of the seed, and lets him use them
 * for so many days. The clock must be frozen and at its start.
 *
 * A user brings a timed-out device back as the vendor documents it (`/extend` at the gateway). That he may do so once he
 * is warned is an assumption.
 */
export function startLife(world: PointsharpWorld, days: number): Life {
  const { people, clock } = world;
  const span = { seed: people.seed, startMs: clock.startMs, days };
  const habits = Array.from({ length: people.users }, (_, person) => habitOf(person, span));
  for (const { person } of habits) world.removeAllDevices(person);
  const occurrences = habits.flatMap((habit) => habit.phones.flatMap((phone) => addPhone(habit, phone)));
  occurrences.sort((one, other) => one.atMs - other.atMs || one.habit.person - other.habit.person);
  let next = 0;

  /** Adds a phone to the world if its owner has it from the start; returns its uses to come. */
  function addPhone(habit: Habit, phone: Phone): Occurrence[] {
    const device = deviceOf(world, habit.person, phone);
    if (phone.gotMs <= clock.startMs) world.addDevice(habit.person, device);
    const coming = phone.usesMs.filter((atMs) => atMs > clock.startMs);
    return coming.map((atMs) => ({ atMs, habit, phone, device }));
  }

  function happen({ atMs, habit, phone, device }: Occurrence): void {
    const { person, heedsWarnings } = habit;
    if (atMs === phone.gotMs) world.addDevice(person, device);
    const found = world.devices(person).find(({ id }) => id === device.id);
    if (found === undefined) return;
    const isBarred = isTimedOut(found, atMs);
    if (isBarred || (heedsWarnings && isNotified(found, atMs))) world.updateTime(person, device.id);
    world.useDevice(person, device.id);
  }

  return {
    habits,
    liveUntil(epochMs) {
      for (let one = occurrences[next]; one !== undefined && one.atMs <= epochMs; one = occurrences[next]) {
        clock.set(one.atMs);
        happen(one);
        next += 1;
      }
      clock.set(epochMs);
    },
  };
}

function deviceOf({ people, clock, unit }: PointsharpWorld, person: number, phone: Phone): Device {
  const unitsPerDay = dayMs / unitMs[unit];
  return seededDevice(people.seed, person, phone.slot, {
    createTime: phone.gotMs,
    lastOkTime: phone.usesMs.findLast((atMs) => atMs <= clock.startMs) ?? phone.gotMs,
    lastErrorTime: 'null',
    timeoutConf: phone.periodDays * unitsPerDay,
    aheadConf: phone.aheadDays * unitsPerDay,
    timeout: phone.timeoutMs,
    notifyAtMs: phone.timeoutMs - phone.aheadDays * dayMs,
    sinceMs: Math.max(phone.gotMs, clock.startMs),
  });
}
