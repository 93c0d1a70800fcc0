import { requireInteger, requireText } from '../arguments.ts';
import type { Call } from '../call.ts';
import { checkShape } from '../http/check-shape.ts';
import type { Http } from '../http/session.ts';
import { type PointsharpUser, queryWriter, requireUser } from './query.ts';
import { type Device, Devices } from './schema.ts';

/** A window in which a new device gets in past the new-device rules. */
export interface DeviceWindow {
  /** How long it stays open, in whole minutes. */
  readonly timeoutMinutes: number;
  /** The pattern that the user agent of the device has to match. */
  readonly userAgentPattern: string;
}

/** What only reads of the Pointsharp ID *Device service*. */
export interface PointsharpReader {
  /** All devices of the user, or those with this id (an array, empty or of one). */
  listDevices(user: PointsharpUser, deviceId?: string): Promise<readonly Device[]>;
}

/** The whole Pointsharp ID *Device service*: eight operations, each of them idempotent but the opening of a window. */
export interface PointsharpWriter extends PointsharpReader {
  openWindow(user: PointsharpUser, window: DeviceWindow): Promise<void>;
  /** All windows of the user, those in use as well. */
  removeWindows(user: PointsharpUser): Promise<void>;
  removeExpiredWindows(user: PointsharpUser): Promise<void>;
  /** Windows that are open and unused. */
  removeWaitingWindows(user: PointsharpUser): Promise<void>;
  /** The vendor documents no meaning of `state`; one of them wipes the device's content. */
  setDeviceState(user: PointsharpUser, deviceId: string, state: number): Promise<void>;
  /** Restarts the clock of a timed device. */
  updateDeviceTime(user: PointsharpUser, deviceId: string): Promise<void>;
  /** One device. Refuses a blank id before anything is sent: to the server no id means all devices. */
  removeDevice(user: PointsharpUser, deviceId: string): Promise<void>;
  /** Every device of the user. */
  removeAllDevices(user: PointsharpUser): Promise<void>;
}

/** A client that cannot write. */
export function pointsharpReader(http: Http): PointsharpReader {
  const query = queryWriter(http.vendor);
  return {
    async listDevices(user, deviceId) {
      const operation = 'GET Device';
      const call: Call = {
        operation,
        method: 'GET',
        path: `Device?${query(operation, user, deviceId)}`,
        subject: subjectOf(user, deviceId),
      };
      return checkShape(Devices, await http.request(call), call, http.vendor);
    },
  };
}

/** A client that can do all that the service offers. */
export function pointsharpWriter(http: Http): PointsharpWriter {
  const query = queryWriter(http.vendor);

  // Not an async function, which would wait once more for each of two million calls of a purge. Measured with other waits
  // of a call whose answer is not read: 5 % less CPU for each user (docs/performance.md).
  function remove(operation: Removal, user: PointsharpUser, deviceId?: string): Promise<void> {
    try {
      const path = `${operation.slice('DELETE '.length)}?${query(operation, user, deviceId)}`;
      return http.send({ operation, method: 'DELETE', path, subject: subjectOf(user, deviceId) });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return {
    ...pointsharpReader(http),
    async openWindow(user, window) {
      const operation = 'POST Device/Window';
      requireInteger(http.vendor, operation, 'the time-out of the window', window.timeoutMinutes);
      requireText(http.vendor, operation, 'the user agent pattern', window.userAgentPattern);
      await send(http, operation, user, undefined, {
        UserAgentPattern: window.userAgentPattern,
        Timeout: window.timeoutMinutes,
      });
    },
    removeWindows: (user) => remove('DELETE Device/Windows', user),
    removeExpiredWindows: (user) => remove('DELETE Device/Windows/Expired', user),
    removeWaitingWindows: (user) => remove('DELETE Device/Windows/Waiting', user),
    async setDeviceState(user, deviceId, state) {
      const operation = 'PUT Device/State';
      requireText(http.vendor, operation, 'the device id', deviceId);
      requireInteger(http.vendor, operation, 'the state', state);
      await send(http, operation, user, deviceId, { DeviceId: deviceId, State: state });
    },
    async updateDeviceTime(user, deviceId) {
      const operation = 'PUT Device/UpdateTime';
      requireText(http.vendor, operation, 'the device id', deviceId);
      await send(http, operation, user, deviceId, { DeviceId: deviceId });
    },
    removeDevice: (user, deviceId) => remove('DELETE Device', user, deviceId),
    removeAllDevices: (user) => remove('DELETE Device', user),
  };
}

type Removal =
  | 'DELETE Device/Windows'
  | 'DELETE Device/Windows/Expired'
  | 'DELETE Device/Windows/Waiting'
  | 'DELETE Device';

type Change = 'POST Device/Window' | 'PUT Device/State' | 'PUT Device/UpdateTime';

function send(
  http: Http,
  operation: Change,
  user: PointsharpUser,
  deviceId: string | undefined,
  request: object,
) {
  requireUser(http.vendor, operation, user);
  const storage = user.userStorageName ? { UserStorageName: user.userStorageName } : {};
  const post = operation === 'POST Device/Window';
  return http.send({
    operation,
    method: post ? 'POST' : 'PUT',
    path: operation.slice(post ? 'POST '.length : 'PUT '.length),
    body: JSON.stringify({ ...request, Username: user.username, ...storage }),
    subject: subjectOf(user, deviceId),
  });
}

function subjectOf(user: PointsharpUser, deviceId: string | undefined): string {
  const device = deviceId === undefined ? '' : `device ${deviceId} of `;
  return device + (user.userStorageName ? `${user.username} in ${user.userStorageName}` : user.username);
}
