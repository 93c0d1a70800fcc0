import { mix } from '../people/random.ts';

/** `in-use`: a device came in and the time has not run out; `used`: it has. `waiting` and `expired`: nobody came. */
export type WindowState = 'waiting' | 'expired' | 'in-use' | 'used';
export interface DeviceWindow {
  readonly openedAtMs: number;
  readonly closesAtMs: number;
  readonly used: boolean;
  readonly userAgentPattern: string;
}

const minuteMs = 60_000;
const countQuestion = 10;
const windowQuestion = 11;
const patterns = ['*', 'Apple-iPhone*', 'Android-SAMSUNG*', 'Outlook*', 'Mozilla/5.0 (Windows*'];

/** How many windows there were per person, in twentieths: 35 % none, 30 % one, 20 % two, 10 % three, 5 % four. */
const counts = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4];

/** How many windows a person has at the start. */
export function seededWindowCount(seed: number, person: number): number {
  return counts[mix(seed, person, countQuestion) % counts.length] ?? 0;
}

/** Window `slot` of a person at the start of the world. */
export function seededWindow(seed: number, person: number, slot: number, startMs: number): DeviceWindow {
  const hash = mix(seed, person, windowQuestion + slot);
  const kind = hash % 20;
  const used = kind >= 13;
  // 5 waiting, 8 expired, 2 in use, 5 used. Waiting ones last ten minutes at least, so that no test races their end.
  const isOpen = kind < 5 || (kind >= 13 && kind < 15);
  const lastsMinutes = 260 + ((hash >>> 5) % 1200);
  const closesAtMs = isOpen
    ? startMs + (10 + ((hash >>> 9) % 240)) * minuteMs
    : startMs - (1 + ((hash >>> 9) % 90_000)) * minuteMs;
  return {
    openedAtMs: closesAtMs - lastsMinutes * minuteMs,
    closesAtMs,
    used,
    userAgentPattern: patterns[(hash >>> 7) % patterns.length] ?? '*',
  };
}

export function windowState(window: DeviceWindow, nowMs: number): WindowState {
  if (nowMs < window.closesAtMs) return window.used ? 'in-use' : 'waiting';
  return window.used ? 'used' : 'expired';
}
