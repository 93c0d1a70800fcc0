import type { DateTime } from 'luxon';
import * as kind from '../config/kinds/index.ts';
import { setting, type ValuesOf } from '../config/settings/setting.ts';

/** `PURGE_WINDOWS_…` */
export const purgeWindowsSettings = {
  kinds: setting(kind.someOf('expired', 'waiting'), {
    doc: 'Device windows to remove. A waiting window is open and unused; the helpdesk may have opened it a minute ago.',
    fallback: 'expired,waiting',
  }),
  quietHours: setting(kind.hours, {
    doc: 'Waiting windows are removed only within these hours. Left out, at any hour.',
  }),
};

export type PurgeWindowsPolicy = ValuesOf<typeof purgeWindowsSettings>;
export type WindowKind = PurgeWindowsPolicy['kinds'][number];

/** Whether windows of a kind may be removed at this moment. */
export function mayPurge(kindOfWindow: WindowKind, policy: PurgeWindowsPolicy, now: DateTime): boolean {
  return kindOfWindow !== 'waiting' || !policy.quietHours || isWithin(policy.quietHours, now);
}

function isWithin({ fromMinute, toMinute, zone }: kind.Hours, now: DateTime): boolean {
  const local = now.setZone(zone);
  const minute = local.hour * 60 + local.minute;
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}
