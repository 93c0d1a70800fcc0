import { type Answer, empty, html, list, text } from '../http/answers.ts';
import { type PointsharpAuth, pointsharpAuthorize } from '../http/auth.ts';
import type { Faults } from '../http/faults.ts';
import type { Formats } from '../http/formats.ts';
import type { Prepared, Switches, VendorApi } from '../http/server.ts';
import { type BadRequest, type BodyValues, decodedAgain, isBadRequest, violation } from '../http/strict.ts';
import type { Traffic } from '../http/traffic.ts';
import { storageNames } from '../people/people.ts';
import { deviceToJson } from './devices.ts';
import { isPath, operationOf, readRequest } from './requests.ts';
import type { WindowState } from './windows.ts';
import type { PointsharpWorld } from './world.ts';

interface Parts {
  readonly world: PointsharpWorld;
  readonly traffic: Traffic;
  readonly faults: Faults;
  readonly auth: PointsharpAuth;
  readonly switches: Switches;
  readonly formats: Formats;
}

/** The Device service of Pointsharp ID under `/api/`. */
export function pointsharpApi({ world, traffic, faults, auth, switches, formats }: Parts): VendorApi {
  const { people } = world;

  function prepare(
    operation: string,
    query: string,
    contentType: string | undefined,
    body: string,
  ): Prepared {
    const values = readRequest(operation, query, contentType, body);
    if (isBadRequest(values)) return refuse(operation, values, -1);
    const found = findUser(values);
    if (typeof found !== 'number') return refuse(operation, found, -1);
    const problem = unknownDevice(operation, values, found);
    if (problem !== undefined) return refuse(operation, problem, found);
    return { person: found, carryOut: () => carryOut(operation, values, found) };
  }

  function refuse(operation: string, { problem, isViolation }: BadRequest, person: number): Prepared {
    if (isViolation) traffic.violated(operation, problem);
    return { person, carryOut: () => text(400, problem) };
  }

  function findUser(values: BodyValues): number | BadRequest {
    const username = String(values.Username);
    // An empty storage is one that is not set.
    const storage =
      values.UserStorageName === undefined || values.UserStorageName === ''
        ? undefined
        : String(values.UserStorageName);
    const found = people.find(username, storage);
    if (typeof found === 'number') return found;
    if (isEncodedTwice(username, people.isUsername))
      return violation('the user name is percent-encoded once too often');
    if (isEncodedTwice(storage ?? '', isStorage))
      return violation('the storage name is percent-encoded once too often');
    const problem =
      found === 'unknown'
        ? `The user '${username}' was not found${storage === undefined ? ' in any user storage' : ` in the user storage '${storage}'`}.`
        : `The user '${username}' is not unique: it exists in several user storages.`;
    return { problem, isViolation: false };
  }

  /** A device that does not exist is refused; `GET Device` answers an empty list instead. */
  function unknownDevice(operation: string, values: BodyValues, person: number): BadRequest | undefined {
    const id = values.DeviceId ?? values.Id;
    if (id === undefined || id === '') return undefined;
    const devices = world.devices(person);
    if (devices.some((device) => device.id === id)) return undefined;
    if (isEncodedTwice(String(id), (decoded) => devices.some((device) => device.id === decoded))) {
      return violation('the device id is percent-encoded once too often');
    }
    if (operation === 'GET Device') return undefined;
    return { problem: `The device '${id}' was not found.`, isViolation: false };
  }

  function carryOut(operation: string, values: BodyValues, person: number): Answer {
    if (operation === 'GET Device') return list(devicesOf(person, values.Id), formats);
    const problem = write(operation, values, person);
    if (problem !== undefined) return text(400, problem);
    traffic.applied(operation);
    return empty;
  }

  function devicesOf(person: number, id: string | number | undefined): readonly object[] {
    const nowMs = world.clock.now();
    const devices = world.devices(person);
    const wanted = id === undefined || id === '' ? devices : devices.filter((device) => device.id === id);
    return wanted.map((device) => deviceToJson(device, nowMs, formats.dates));
  }

  /** Does it, or says why not. */
  function write(operation: string, values: BodyValues, person: number): string | undefined {
    const deviceId = String(values.DeviceId ?? values.Id ?? '');
    switch (operation) {
      case 'POST Device/Window':
        if (Number(values.Timeout) <= 0) return 'The timeout of a device window must be at least one minute.';
        world.openWindow(person, Number(values.Timeout), String(values.UserAgentPattern));
        return undefined;
      case 'PUT Device/State':
        return deviceProblem(world.setState(person, deviceId, Number(values.State)));
      case 'PUT Device/UpdateTime':
        return deviceProblem(world.updateTime(person, deviceId));
      case 'DELETE Device':
        if (deviceId !== '') return deviceProblem(world.removeDevice(person, deviceId));
        world.removeAllDevices(person);
        traffic.removedAllDevices();
        return undefined;
      default:
        world.removeWindows(person, removedStates[operation] ?? []);
        return undefined;
    }
  }

  return {
    traffic,
    faults,
    authorize: pointsharpAuthorize(auth),
    denied: html(401, 'Unauthorized: Access is denied due to invalid credentials.', {
      'WWW-Authenticate': 'Basic realm="pointsharp"',
    }),
    switches,
    operation: operationOf,
    prepare,
    unknown: (path) =>
      isPath(path)
        ? html(405, 'HTTP verb used to access this page is not allowed.')
        : html(404, 'File or directory not found.'),
    usernameOf: (person) => (person < 0 ? undefined : people.username(person)),
    error: text,
  };
}

const removedStates: Readonly<Record<string, readonly WindowState[]>> = {
  'DELETE Device/Windows': ['waiting', 'expired', 'in-use', 'used'],
  'DELETE Device/Windows/Expired': ['expired'],
  'DELETE Device/Windows/Waiting': ['waiting'],
};

function isEncodedTwice(value: string, isKnown: (value: string) => boolean): boolean {
  const again = decodedAgain(value);
  return again !== undefined && isKnown(again);
}

function isStorage(name: string): boolean {
  return storageNames.some((storage) => storage === name);
}

function deviceProblem(result: 'done' | 'unknown-device' | 'not-timed'): string | undefined {
  if (result === 'done') return undefined;
  return result === 'not-timed' ? 'The device is not a timed device.' : 'The device was not found.';
}
