import { requireText } from '../arguments.ts';
import type { VendorTexts } from '../vendor-texts.ts';

/** Whose devices: without a storage the server searches all of them for the unique user. */
export interface PointsharpUser {
  readonly username: string;
  readonly userStorageName?: string;
}

/**
 * Writes the query of an operation on a user, or on one of his devices.
 *
 * @throws Refused when a name or the id is blank: nothing may be sent then
 */
export type WriteQuery = (operation: string, user: PointsharpUser, deviceId?: string) => string;

/** Writes queries. What names the last user is kept: a purge asks twice in a row for each of a million. */
export function queryWriter(vendor: VendorTexts): WriteQuery {
  let lastName: string | undefined;
  let lastStorage: string | undefined;
  let lastNamed = '';

  function named(operation: string, user: PointsharpUser): string {
    const { username, userStorageName } = user;
    if (username === lastName && userStorageName === lastStorage) return lastNamed;
    requireUser(vendor, operation, user);
    const storage = userStorageName ? `&UserStorageName=${encodeURIComponent(userStorageName)}` : '';
    lastNamed = `Username=${encodeURIComponent(username)}${storage}`;
    lastName = username;
    lastStorage = userStorageName;
    return lastNamed;
  }

  return (operation, user, deviceId) => {
    if (deviceId === undefined) return named(operation, user);
    requireText(vendor, operation, 'the device id', deviceId);
    return `Id=${encodeURIComponent(deviceId)}&${named(operation, user)}`;
  };
}

/** @throws Refused when the name of the user or of his storage is blank */
export function requireUser(vendor: VendorTexts, operation: string, user: PointsharpUser): void {
  requireText(vendor, operation, 'the username', user.username);
  if (user.userStorageName) requireText(vendor, operation, 'the user storage name', user.userStorageName);
}
