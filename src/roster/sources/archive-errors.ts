import { RosterError } from '../errors.ts';

/*
 * The errors of the users of SuperOffice as a source. None of them names a user.
 */

const again = 'Start again. If it happens again, set ROSTER_SUPEROFFICE_PAGE_SIZE to another number.';

/** The error of a page that does not begin where the one before ended. */
export function changedArchive(received: number): RosterError {
  return new RosterError(
    `The users of SuperOffice changed while they were read, or its pages do not follow each other: behind ${received} users it went on with another one.`,
    again,
  );
}

/** The error of rows that are not in the order that was asked for, or come twice. */
export function unorderedArchive(received: number): RosterError {
  return new RosterError(
    `SuperOffice gives its users in another order than that of their associates, or gives one twice, behind ${received} users.`,
    again,
  );
}

/** The error of an archive that ends before its end. */
export function cutArchive(received: number): RosterError {
  return new RosterError(
    `SuperOffice gives ${received} users, and has more that it left out of a page.`,
    again,
  );
}

/** The error of an archive without anybody: rights that are missing look like that. */
export function nobodyInArchive(): RosterError {
  return new RosterError(
    'SuperOffice answers with success and without a single user.',
    'Check what the user of SUPEROFFICE_AUTH may read.',
  );
}

/** The error of an archive that shows users without their names. */
export function namelessArchive(users: number, column: string): RosterError {
  return new RosterError(
    `SuperOffice gives ${users} users, and none of them with the column ${column}.`,
    'Check ROSTER_SUPEROFFICE_USERNAME_COLUMN, and what the user of SUPEROFFICE_AUTH may read.',
  );
}

/** The error of an archive that says of nobody whether they still work here: everybody would count as somebody who does. */
export function silentOnLeavers(users: number, column: string): RosterError {
  return new RosterError(
    `SuperOffice gives ${users} users, and of none of them the column ${column} says whether they have left.`,
    'Check ROSTER_SUPEROFFICE_ACTIVE_COLUMN, and what the user of SUPEROFFICE_AUTH may read.',
  );
}

/** The error of types that nobody has. @param types the first that there are */
export function noSuchType(users: number, types: readonly string[]): RosterError {
  return new RosterError(
    `SuperOffice gives ${users} users, and none of them is of a type in ROSTER_SUPEROFFICE_TYPES. There are the types ${types.join(', ')}.`,
    'Set ROSTER_SUPEROFFICE_TYPES to some of these.',
  );
}

/** The error of a server that does not answer. */
export function silentArchive(timeoutMs: number): RosterError {
  return new RosterError(
    `SuperOffice did not give its users within ${timeoutMs / 1000} s.`,
    'Check the server and the network. If it may take longer, raise CARETAKER_ROSTER_TIMEOUT.',
    { isAway: true },
  );
}
