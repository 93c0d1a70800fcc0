import type { DateTime } from 'luxon';
import type { TimedDeviceFacts } from './device.ts';
import { notifyTime } from './due-time.ts';
import { type KeptReason, rules } from './rules.ts';
import type { RefreshTimedDevicesPolicy } from './settings.ts';

/** What to do with a device: refresh it before the deadline, or keep it as it is, and why. */
export type TimedDeviceDecision =
  | { readonly refresh: true; readonly notifyAtMs: number; readonly late: boolean }
  | { readonly refresh: false; readonly reason: KeptReason };

/** Decides about one device. Due is a device from `margin` before its warning on; refreshed is a due one in real use. */
export function decideTimedDevice(
  device: TimedDeviceFacts,
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): TimedDeviceDecision {
  const question = { device, policy, now, nowMs: now.toMillis() };
  const rule = rules.find(({ holds }) => holds(question));
  if (rule) return { refresh: false, reason: rule.reason };
  const notifyAtMs = notifyTime(device, policy) ?? question.nowMs;
  return { refresh: true, notifyAtMs, late: device.timeoutNotificationSent };
}

/** The decision rule by rule, with the fact each rule looked at, up to the one that decided. */
export function explainTimedDevice(
  device: TimedDeviceFacts,
  policy: RefreshTimedDevicesPolicy,
  now: DateTime,
): readonly string[] {
  const question = { device, policy, now, nowMs: now.toMillis() };
  const deciding = rules.findIndex(({ holds }) => holds(question));
  return rules
    .slice(0, deciding === -1 ? rules.length : deciding + 1)
    .map((rule, index) => `${rule.reason}? ${index === deciding ? 'yes' : 'no'}: ${rule.fact(question)}`);
}
