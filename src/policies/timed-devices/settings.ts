import * as kind from '../../config/kinds/index.ts';
import { setting, type ValuesOf } from '../../config/settings/setting.ts';

/** `REFRESH_TIMED_DEVICES_…` */
export const refreshTimedDevicesSettings = {
  unit: setting(kind.oneOf('minutes', 'hours', 'days'), {
    doc: 'Unit of TimeoutConfAheadNotification. The vendor does not document it. Left out, NOTICE applies to all devices.',
  }),
  notice: setting(kind.duration, {
    doc: 'How long before the time-out the vendor warns the user. It applies where UNIT is not set or TimeoutConfAheadNotification is missing.',
    fallback: 'P7D',
  }),
  margin: setting(kind.duration, {
    doc: 'How long before that warning a device is due. It must cover the longest gap of the schedule and an hour for the run itself.',
    fallback: 'PT36H',
  }),
  activeWithin: setting(kind.duration, {
    doc: 'A device is in use if its last success is not older than this.',
    fallback: 'P14D',
  }),
  maxAge: setting(kind.duration, {
    doc: 'A device created longer ago than this is left to time out.',
    fallback: 'P5Y',
  }),
  states: setting(kind.integers, {
    doc: 'Only devices in one of these states are refreshed. The vendor does not document the numbers. Left out, any state.',
  }),
  rereadAfter: setting(kind.days, {
    doc: 'For how long at most a user of whom no device can be due is not asked again. P1D or less: everybody is asked at every run. It needs UNIT; caretaker doctor says which value helps here.',
    fallback: 'P1D',
  }),
  exclude: setting(kind.patterns, {
    doc: 'Devices whose id, name, type, user agent, title or platform matches are left alone.',
  }),
  excludeGroups: setting(kind.names, {
    doc: 'Groups of the roster whose users are left alone: their devices time out. Upper and lower case are equal. A group that no user is in holds the run.',
  }),
  onlyGroups: setting(kind.names, {
    doc: 'Groups of the roster whose users alone are looked after; EXCLUDE_GROUPS goes first. Left out, everybody is. A group that no user is in holds the run.',
  }),
};

export type RefreshTimedDevicesPolicy = ValuesOf<typeof refreshTimedDevicesSettings>;
