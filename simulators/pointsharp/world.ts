import type { Clock } from '../clock.ts';
import type { People } from '../people/people.ts';
import { createDeviceStore, type DeviceStore } from './device-store.ts';
import type { TimeoutUnit } from './device-times.ts';
import { createWindowStore, type WindowStore } from './window-store.ts';

/** The state of a simulated Pointsharp ID. A person is a number of `people`; what nobody changed is not stored. */
export interface PointsharpWorld extends Omit<WindowStore, 'reset'>, Omit<DeviceStore, 'reset'> {
  readonly people: People;
  readonly clock: Clock;
  /** Back to the seed. The clock is not touched. */
  reset(): void;
}

export function createPointsharpWorld(
  people: People,
  clock: Clock,
  unit: TimeoutUnit,
  devicesPerUser?: number,
): PointsharpWorld {
  const windows = createWindowStore(people.seed, people.persons, clock);
  const devices = createDeviceStore(people, clock, unit, devicesPerUser);
  return {
    people,
    clock,
    ...windows,
    ...devices,
    reset() {
      windows.reset();
      devices.reset();
    },
  };
}
