import type { Clock } from '../clock.ts';
import type { People } from '../people/people.ts';
import { type DeviceTimes, seededTimes, type TimeoutUnit, unitMs } from './device-times.ts';
import { type Device, isTimed, seededDevice } from './devices.ts';

/** Something the vendor did by itself because a timed device's time came. */
export interface VendorEvent {
  readonly kind: 'notification' | 'timeout';
  readonly person: number;
  readonly atMs: number;
}

/** The devices of everybody. */
export interface DeviceStore {
  readonly unit: TimeoutUnit;
  devices(person: number): readonly Device[];
  /** The dates of the devices only: much cheaper, for counting over everybody. */
  deviceTimes(person: number): readonly DeviceTimes[];
  setState(person: number, deviceId: string, state: number): 'done' | 'unknown-device';
  /** Restarts the clock of a timed device: a whole timeout from now, and the warning is due again. */
  updateTime(person: number, deviceId: string): 'done' | 'unknown-device' | 'not-timed';
  /** Its user's device gets in: a success, now. */
  useDevice(person: number, deviceId: string): 'done' | 'unknown-device';
  /** A new device of a person; its id must not be one of his already. */
  addDevice(person: number, device: Device): void;
  removeDevice(person: number, deviceId: string): 'done' | 'unknown-device';
  removeAllDevices(person: number): number;
  /** What the vendor did between the start (exclusive) and now, and would do up to `untilMs` if nobody does anything. */
  events(untilMs?: number): Iterable<VendorEvent>;
  /** Every person's devices as they are now, to compare with later. For small worlds. */
  snapshotDevices(): ReadonlyMap<number, readonly Device[]>;
  reset(): void;
}

export function createDeviceStore(
  people: People,
  clock: Clock,
  unit: TimeoutUnit,
  devicesPerUser?: number,
): DeviceStore {
  const { seed } = people;
  const changedDevices = new Map<number, readonly Device[]>();
  const pastEvents: VendorEvent[] = [];

  function deviceTimes(person: number): readonly DeviceTimes[] {
    return changedDevices.get(person) ?? seededTimes(seed, person, clock.startMs, unit, devicesPerUser);
  }

  function devices(person: number): readonly Device[] {
    const changed = changedDevices.get(person);
    if (changed !== undefined) return changed;
    const times = seededTimes(seed, person, clock.startMs, unit, devicesPerUser);
    return times.map((each, slot) => seededDevice(seed, person, slot, each));
  }

  /** Replaces a device, or removes it without a replacement. */
  function change(
    person: number,
    deviceId: string,
    replace: (device: Device) => Device | undefined,
  ): 'done' | 'unknown-device' {
    const before = devices(person);
    const position = before.findIndex((device) => device.id === deviceId);
    const device = before[position];
    if (device === undefined) return 'unknown-device';
    const after = replace(device);
    if (after === undefined || after.sinceMs !== device.sinceMs)
      pastEvents.push(...eventsOf(person, device, clock.now()));
    changedDevices.set(
      person,
      after === undefined ? before.toSpliced(position, 1) : before.with(position, after),
    );
    return 'done';
  }

  function updateTime(person: number, deviceId: string): 'done' | 'unknown-device' | 'not-timed' {
    const device = devices(person).find((each) => each.id === deviceId);
    if (device === undefined) return 'unknown-device';
    if (!isTimed(device)) return 'not-timed';
    return change(person, deviceId, () => restarted(device, clock.now(), unit));
  }

  function removeAllDevices(person: number): number {
    const all = devices(person);
    for (const device of all) change(person, device.id, () => undefined);
    return all.length;
  }

  function* events(untilMs = clock.now()): Iterable<VendorEvent> {
    yield* pastEvents;
    for (const person of people.all()) {
      for (const times of deviceTimes(person)) yield* eventsOf(person, times, untilMs);
    }
  }

  function snapshotDevices(): ReadonlyMap<number, readonly Device[]> {
    return new Map(Array.from(people.all(), (person) => [person, devices(person)]));
  }

  function reset(): void {
    changedDevices.clear();
    pastEvents.length = 0;
  }

  return {
    unit,
    devices,
    deviceTimes,
    setState: (person, deviceId, state) => change(person, deviceId, (device) => ({ ...device, state })),
    updateTime,
    useDevice: (person, deviceId) =>
      change(person, deviceId, (device) => ({ ...device, lastOkTime: clock.now() })),
    addDevice(person, device) {
      changedDevices.set(person, [...devices(person), device]);
    },
    removeDevice: (person, deviceId) => change(person, deviceId, () => undefined),
    removeAllDevices,
    events,
    snapshotDevices,
    reset,
  };
}

function restarted(device: Device, nowMs: number, unit: TimeoutUnit): Device {
  const conf = device.timeoutConf === 'missing' ? 0 : device.timeoutConf;
  const ahead = device.aheadConf === 'missing' ? 0 : device.aheadConf;
  const timeout = nowMs + conf * unitMs[unit];
  return { ...device, timeout, notifyAtMs: timeout - ahead * unitMs[unit], sinceMs: nowMs };
}

function eventsOf(person: number, times: DeviceTimes, untilMs: number): readonly VendorEvent[] {
  const { notifyAtMs, timeout, sinceMs } = times;
  if (notifyAtMs === null || notifyAtMs > untilMs) return [];
  const events: VendorEvent[] = [];
  if (notifyAtMs > sinceMs) events.push({ kind: 'notification', person, atMs: notifyAtMs });
  if (typeof timeout === 'number' && timeout > sinceMs && timeout <= untilMs) {
    events.push({ kind: 'timeout', person, atMs: timeout });
  }
  return events;
}
