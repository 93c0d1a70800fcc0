import type { Device } from '../../simulators/pointsharp/devices.ts';
import type { Simulators } from '../../simulators/simulators.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A device of a roster user that the default policy has to refresh, as it was before. */
export interface DueDevice {
  readonly person: number;
  readonly id: string;
  readonly timeout: number;
}

/** The devices that are due at a moment, by the rules of the documentation in their plainest form. */
export function dueDevices({ people, pointsharp }: Simulators, nowMs: number): DueDevice[] {
  const due: DueDevice[] = [];
  for (let person = 0; person < people.users; person += 1) {
    for (const device of pointsharp.world.devices(person)) {
      if (isDue(device, nowMs)) due.push({ person, id: device.id, timeout: Number(device.timeout) });
    }
  }
  return due;
}

/** Whether the default policy refreshes a device at a moment. */
export function isDue(device: Device, nowMs: number): boolean {
  const { timeoutConf, aheadConf, timeout, lastOkTime, lastErrorTime, createTime } = device;
  if (typeof timeoutConf !== 'number' || timeoutConf <= 0) return false;
  if (typeof timeout !== 'number' || timeout <= nowMs) return false;
  const notifyAt = timeout - (typeof aheadConf === 'number' ? aheadConf * dayMs : 7 * dayMs);
  if (nowMs < notifyAt - 36 * hourMs) return false;
  if (typeof lastOkTime !== 'number' || lastOkTime < nowMs - 14 * dayMs) return false;
  if (typeof lastErrorTime === 'number' && lastErrorTime > lastOkTime) return false;
  return !(typeof createTime === 'number' && createTime < nowMs - 5 * 365 * dayMs);
}

/** How many of these devices have the time-out they had before. */
export function notRefreshed({ pointsharp }: Simulators, due: readonly DueDevice[]): number {
  const unchanged = due.filter(({ person, id, timeout }) => {
    const now = pointsharp.world.devices(person).find((device) => device.id === id);
    return !(Number(now?.timeout) > timeout);
  });
  return unchanged.length;
}

/** How many devices of the roster have another time-out than in a snapshot. */
export function changedDevices(
  { people, pointsharp }: Simulators,
  before: ReadonlyMap<number, readonly Device[]>,
): string[] {
  const changed: string[] = [];
  for (const [person, devices] of before) {
    if (!people.isRosterUser(person)) continue;
    const now = new Map(pointsharp.world.devices(person).map((device) => [device.id, device.timeout]));
    changed.push(...devices.filter(({ id, timeout }) => now.get(id) !== timeout).map(({ id }) => id));
  }
  return changed;
}
