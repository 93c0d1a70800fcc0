import type { Clock } from '../clock.ts';
import {
  type DeviceWindow,
  seededWindow,
  seededWindowCount,
  type WindowState,
  windowState,
} from './windows.ts';

/** A window and the state it is in just now. */
export interface CurrentWindow extends DeviceWindow {
  readonly state: WindowState;
}

/** The windows of everybody. */
export interface WindowStore {
  windows(person: number): readonly CurrentWindow[];
  openWindow(person: number, timeoutMinutes: number, userAgentPattern: string): void;
  /** Removes the windows in these states and says how many there were. */
  removeWindows(person: number, states: readonly WindowState[]): number;
  reset(): void;
}

export function createWindowStore(seed: number, persons: number, clock: Clock): WindowStore {
  // One bit per window of the seed: a purge of a million users costs a byte each.
  const removedSlots = new Uint8Array(persons);
  const openedWindows = new Map<number, readonly DeviceWindow[]>();

  function windows(person: number): readonly CurrentWindow[] {
    const nowMs = clock.now();
    const removed = removedSlots[person] ?? 0;
    const found: DeviceWindow[] = [];
    const count = seededWindowCount(seed, person);
    for (let slot = 0; slot < count; slot += 1) {
      if ((removed & (1 << slot)) === 0) found.push(seededWindow(seed, person, slot, clock.startMs));
    }
    found.push(...(openedWindows.get(person) ?? []));
    return found.map((window) => ({ ...window, state: windowState(window, nowMs) }));
  }

  function openWindow(person: number, timeoutMinutes: number, userAgentPattern: string): void {
    const openedAtMs = clock.now();
    const closesAtMs = openedAtMs + timeoutMinutes * 60_000;
    const before = openedWindows.get(person) ?? [];
    openedWindows.set(person, [...before, { openedAtMs, closesAtMs, used: false, userAgentPattern }]);
  }

  function removeWindows(person: number, states: readonly WindowState[]): number {
    const nowMs = clock.now();
    return removeSeeded(person, states, nowMs) + removeOpened(person, states, nowMs);
  }

  function removeSeeded(person: number, states: readonly WindowState[], nowMs: number): number {
    const before = removedSlots[person] ?? 0;
    let after = before;
    let count = 0;
    const slots = seededWindowCount(seed, person);
    for (let slot = 0; slot < slots; slot += 1) {
      const bit = 1 << slot;
      if ((before & bit) !== 0) continue;
      if (!states.includes(windowState(seededWindow(seed, person, slot, clock.startMs), nowMs))) continue;
      after |= bit;
      count += 1;
    }
    if (count > 0) removedSlots[person] = after;
    return count;
  }

  function removeOpened(person: number, states: readonly WindowState[], nowMs: number): number {
    const before = openedWindows.get(person);
    if (before === undefined) return 0;
    const after = before.filter((window) => !states.includes(windowState(window, nowMs)));
    if (after.length === 0) openedWindows.delete(person);
    else openedWindows.set(person, after);
    return before.length - after.length;
  }

  function reset(): void {
    removedSlots.fill(0);
    openedWindows.clear();
  }

  return { windows, openWindow, removeWindows, reset };
}
