import type { VendorEvent } from '../../simulators/pointsharp/device-store.ts';
import type { Habit, Phone } from '../../simulators/pointsharp/habits.ts';

/*
 * Says beforehand, with pencil and calendar, whom the vendor will warn and which devices will time out. It shares no code
 * with the policy, the job or the simulators and sees no run; that what was counted equals what it says is the proof.
 *
 * The rule is the one that the check of the margin stands on: a device is missed if and only if its due window
 * [warning - margin, warning) holds no tick of the schedule at which the device counts as in use.
 */

/** What caretaker goes by; milliseconds. */
export interface Rules {
  /** Rising; none: no caretaker. */
  readonly ticksMs: readonly number[];
  readonly marginMs: number;
  readonly activeWithinMs: number;
}

export const noCaretaker: Rules = { ticksMs: [], marginMs: 0, activeWithinMs: 0 };

const dayMs = 86_400_000;

/** What the vendor will do to the devices of a person up to a moment, in the order of time. */
export function foretell(habit: Habit, rules: Rules, untilMs: number): VendorEvent[] {
  const events = habit.phones.flatMap((phone) => foretellPhone(habit, phone, rules, untilMs));
  return events.sort((one, other) => one.atMs - other.atMs);
}

function foretellPhone(
  { person, heedsWarnings }: Habit,
  phone: Phone,
  { ticksMs, marginMs, activeWithinMs }: Rules,
  untilMs: number,
): VendorEvent[] {
  const events: VendorEvent[] = [];
  const periodMs = phone.periodDays * dayMs;
  let { timeoutMs } = phone;
  // A tick up to here is spent: the phone was not there yet, or it is the one that began this period.
  let sinceMs = phone.gotMs;

  while (timeoutMs - phone.aheadDays * dayMs <= untilMs) {
    const warningMs = timeoutMs - phone.aheadDays * dayMs;
    const savedMs = firstTick(Math.max(warningMs - marginMs, sinceMs + 1), warningMs);
    if (savedMs === undefined) events.push({ kind: 'notification', person, atMs: warningMs });
    const restartMs = savedMs ?? firstRestartAfter(warningMs);
    if (restartMs === undefined || restartMs >= timeoutMs) {
      if (timeoutMs <= untilMs) events.push({ kind: 'timeout', person, atMs: timeoutMs });
    }
    if (restartMs === undefined || restartMs > untilMs) break;
    sinceMs = restartMs;
    timeoutMs = restartMs + periodMs;
  }
  return events;

  /** The first tick from one moment on and before another at which the phone counts as in use. */
  function firstTick(fromMs: number, beforeMs: number): number | undefined {
    return ticksMs.find((tickMs) => tickMs >= fromMs && tickMs < beforeMs && isInUse(tickMs));
  }

  function isInUse(atMs: number): boolean {
    const lastUseMs = phone.usesMs.findLast((useMs) => useMs <= atMs);
    return lastUseMs !== undefined && lastUseMs >= atMs - activeWithinMs;
  }

  /** Warned already: a late refresh before the time-out, or the owner's own hand. */
  function firstRestartAfter(warningMs: number): number | undefined {
    const handFromMs = heedsWarnings ? warningMs : timeoutMs;
    const byHandMs = phone.usesMs.find((useMs) => useMs >= handFromMs);
    const lateMs = firstTick(warningMs, timeoutMs);
    return byHandMs === undefined || lateMs === undefined ? (byHandMs ?? lateMs) : Math.min(byHandMs, lateMs);
  }
}
