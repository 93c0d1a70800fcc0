import type { Formats } from '../http/formats.ts';
import { between, chance, createRandom, pick } from '../people/random.ts';
import { type Stamp, stampToJson } from './dates.ts';
import type { DeviceTimes } from './device-times.ts';

/** A device as the vendor keeps it. Never changed in place: a change makes a new one, so that a copy of a list is a snapshot. */
export interface Device extends DeviceTimes {
  readonly id: string;
  readonly friendlyName: string;
  readonly title: string;
  readonly platform: string;
  readonly serviceName: string;
  readonly state: number;
  readonly deviceType: string;
  readonly userAgent: string;
  readonly easSyncKeyPrefix: number;
}

interface Model {
  readonly title: string;
  readonly platform: string;
  readonly serviceName: string;
  readonly deviceType: string;
  readonly userAgent: string;
  readonly id: (unique: string) => string;
}

const models: readonly [Model, ...Model[]] = [
  model(
    'iPhone 15',
    'iOS',
    'ActiveSync',
    'iPhone',
    'Apple-iPhone15C2/2101.58',
    (unique) => `Appl${unique.toUpperCase()}`,
  ),
  model(
    'iPad Air',
    'iOS',
    'ActiveSync',
    'iPad',
    'Apple-iPad13C1/2104.80',
    (unique) => `ApplDL${unique.toUpperCase()}`,
  ),
  model(
    'Galaxy S24',
    'Android',
    'ActiveSync',
    'SAMSUNGSMS921B',
    'Android-SAMSUNG-SM-S921B/101.14',
    (unique) => `SEC${unique}`,
  ),
  model(
    'Outlook',
    'Android',
    'ActiveSync',
    'Outlook',
    'Outlook-Android/2.0',
    (unique) => `${unique}+${unique}/w==`,
  ),
  model(
    'Åsas läsplatta',
    'Android',
    'Gateway',
    'Läsplatta',
    'Mozilla/5.0 (Linux; Android 14)',
    (unique) => `läsplatta #${unique}`,
  ),
  model(
    'Edge on Windows',
    'Windows',
    'Gateway',
    'Browser',
    'Mozilla/5.0 (Windows NT 10.0)',
    (unique) => `cookie ${unique}&v=1;50%`,
  ),
];

function model(
  title: string,
  platform: string,
  serviceName: string,
  deviceType: string,
  userAgent: string,
  id: Model['id'],
): Model {
  return { title, platform, serviceName, deviceType, userAgent, id };
}

const looksQuestion = 30;

/** The rest of device `slot` of a person at the start of the world: all that time does not change. */
export function seededDevice(seed: number, person: number, slot: number, times: DeviceTimes): Device {
  const random = createRandom(seed, person, looksQuestion + slot);
  const { id, ...looks } = pick(random, models);
  const unique = between(random, 0x1000_0000, 0xffff_ffff).toString(16) + slot;
  return {
    ...times,
    ...looks,
    id: id(unique),
    friendlyName: chance(random, 0.1) ? '' : `${looks.title} ${slot + 1}`,
    state: chance(random, 0.8) ? 2 : between(random, 0, 9),
    easSyncKeyPrefix: between(random, 0, 9999),
  };
}

const deviceType = 'PointSharp.WebServices.Models.User.MappedDevice, PointSharp.WebServices.Models';
const detailsType = 'PointSharp.WebServices.Models.User.DeviceData, PointSharp.WebServices.Models';

/** A device as `GET Device` answers it, with the keys of the vendor's own sample and in its order. */
export function deviceToJson(device: Device, nowMs: number, dates: Formats['dates'] = 'iso') {
  const date = (stamp: Stamp) => stampToJson(stamp, dates);
  return {
    $type: deviceType,
    Details: {
      $type: detailsType,
      Title: device.title,
      Platform: device.platform,
      ServiceName: device.serviceName,
    },
    FriendlyName: device.friendlyName,
    State: device.state,
    DeviceId: device.id,
    DeviceType: device.deviceType,
    UserAgent: device.userAgent,
    CreateTime: date(device.createTime),
    LastOkTime: date(device.lastOkTime),
    LastErrorTime: date(device.lastErrorTime),
    TimeoutConf: device.timeoutConf === 'missing' ? undefined : device.timeoutConf,
    TimeoutConfAheadNotification: device.aheadConf === 'missing' ? undefined : device.aheadConf,
    Timeout: date(device.timeout),
    TimeoutNotificationSent: isNotified(device, nowMs),
    EASSyncKeyPrefix: device.easSyncKeyPrefix,
  };
}

/** Whether the warning ahead of the timeout has gone out. */
export function isNotified(times: DeviceTimes, nowMs: number): boolean {
  return times.notifyAtMs !== null && times.notifyAtMs <= nowMs;
}

export function isTimed(times: DeviceTimes): boolean {
  return times.timeoutConf !== 'missing' && times.timeoutConf > 0;
}

export function isTimedOut(times: DeviceTimes, nowMs: number): boolean {
  return isTimed(times) && typeof times.timeout === 'number' && times.timeout <= nowMs;
}
