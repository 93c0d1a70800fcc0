import type { Duration } from 'luxon';
import { isMoment, type Moment } from '../../domain/moment.ts';
import { before } from '../moment.ts';
import type { TimeoutUnit } from './timeout-unit.ts';

/** When a timed device is due, by the part of the policy that says so. */
interface DuePolicy {
  readonly unit: TimeoutUnit | undefined;
  readonly notice: Duration;
  readonly margin: Duration;
}

interface TimedFacts {
  readonly timeout: Moment;
  readonly timeoutConfAheadNotification: number | null;
}

const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
/** The latest date of ECMAScript, in epoch milliseconds. */
const latestDateMs = 8.64e15;

/** When the vendor warns, in epoch milliseconds; undefined for a device that has no time-out. */
export function notifyTime(
  { timeout, timeoutConfAheadNotification }: TimedFacts,
  { unit, notice }: Omit<DuePolicy, 'margin'>,
): number | undefined {
  if (!isMoment(timeout)) return undefined;
  const ahead = timeoutConfAheadNotification ?? -1;
  const byUnit = unit && ahead >= 0 ? timeout - ahead * unitMs[unit] : Number.NaN;
  // A number so large that it gives no date is ignored.
  return Math.abs(byUnit) <= latestDateMs ? byUnit : before(timeout, notice);
}

/** From when on a device is due, in epoch milliseconds; undefined for one that has no time-out. */
export function dueTime(device: TimedFacts, policy: DuePolicy): number | undefined {
  const notifyAtMs = notifyTime(device, policy);
  return notifyAtMs === undefined ? undefined : before(notifyAtMs, policy.margin);
}

/**
 * How long after its clock starts a device with these settings is due, in milliseconds; not below 0. Undefined where that
 * is not known: without a unit, nobody knows how long a time-out is.
 */
export function dueAfter(
  device: Omit<TimedFacts, 'timeout'> & { readonly timeoutConf: number | null },
  policy: DuePolicy,
  nowMs: number,
): number | undefined {
  if (policy.unit === undefined) return undefined;
  const timeout = nowMs + (device.timeoutConf ?? 0) * unitMs[policy.unit];
  const dueAtMs = timeout <= latestDateMs ? dueTime({ ...device, timeout }, policy) : undefined;
  return dueAtMs === undefined ? undefined : Math.max(0, dueAtMs - nowMs);
}
