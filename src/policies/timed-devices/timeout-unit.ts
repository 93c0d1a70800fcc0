import { isMoment, type Moment } from '../../domain/moment.ts';

/** In what the vendor may count TimeoutConf and TimeoutConfAheadNotification. */
export const timeoutUnits = ['minutes', 'hours', 'days'] as const;
export type TimeoutUnit = (typeof timeoutUnits)[number];

/** A policy that may name a unit: its values, or its texts as they were written. */
export interface UnitSource {
  readonly unit?: unknown;
}

/** The unit that a policy names, if it names one. */
export function unitOf({ unit }: UnitSource): TimeoutUnit | undefined {
  const named = typeof unit === 'string' ? unit.trim() : undefined;
  return timeoutUnits.find((one) => one === named);
}

/** The unit that decides; `assumed` when the policy names none, and its notice is taken for the vendor's. */
export type UnitInEffect = TimeoutUnit | 'assumed';

/** What a timed device shows of the unit. */
export interface UnitWitness {
  readonly timeout: Moment;
  readonly timeoutConf: number | null;
  readonly timeoutConfAheadNotification: number | null;
  readonly timeoutNotificationSent: boolean;
}

/** What the devices say about the unit. */
export interface UnitEstimate {
  readonly unit: TimeoutUnit | 'unknown';
  readonly confidence: 'none' | 'low' | 'high';
  /** Timed devices that have not timed out: nothing can be learned from others. */
  readonly devices: number;
  /** How many of them rule out the unit that is hardest to rule out, of those that are not the estimate. */
  readonly speaking: number;
  /** How many of them rule out each unit. */
  readonly against: Readonly<Record<TimeoutUnit, number>>;
}

const unitMs: Readonly<Record<TimeoutUnit, number>> = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
/** The clocks of vendor and caretaker may differ by so much, and a warning may go out so late. */
const slackMs = 5 * 60_000;
const enoughForLow = 3;
const enoughForHigh = 10;
/** The share of the devices that may contradict the estimate: a setting of theirs was changed meanwhile. */
const tolerated = 0.05;

/**
 * Estimates the unit from devices as they are now. A device rules out a unit by which its time-out lies further ahead
 * than a whole time-out, by which its warning went out too early, or by which it should have gone out and did not.
 * `unknown` when too few devices rule out the other units, or too many rule out each.
 */
export function estimateTimeoutUnit(devices: readonly UnitWitness[], nowMs: number): UnitEstimate {
  const against: Record<TimeoutUnit, number> = { minutes: 0, hours: 0, days: 0 };
  let usable = 0;
  for (const device of devices) {
    if (!isMoment(device.timeout) || device.timeout <= nowMs || (device.timeoutConf ?? 0) <= 0) continue;
    usable += 1;
    for (const unit of timeoutUnits) {
      if (rulesOut(device, device.timeout - nowMs, unitMs[unit])) against[unit] += 1;
    }
  }
  const [unit, second] = timeoutUnits.toSorted((one, other) => against[one] - against[other]);
  const speaking = second ? against[second] : 0;
  const fits = unit !== undefined && against[unit] <= Math.floor(tolerated * speaking);
  const known = fits && speaking >= enoughForLow;
  return {
    unit: known ? unit : 'unknown',
    confidence: !known ? 'none' : speaking >= enoughForHigh ? 'high' : 'low',
    devices: usable,
    speaking,
    against,
  };
}

function rulesOut(device: UnitWitness, leftMs: number, unit: number): boolean {
  if (leftMs > (device.timeoutConf ?? 0) * unit + slackMs) return true;
  const ahead = device.timeoutConfAheadNotification;
  if (ahead === null || ahead < 0) return false;
  return device.timeoutNotificationSent ? leftMs > ahead * unit + slackMs : leftMs < ahead * unit - slackMs;
}
