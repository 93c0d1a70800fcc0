import type { User } from '../domain/user.ts';

/** What a roster may say of a user; names are matched whatever their case, other columns are left out. */
export const columns = ['username', 'userStorageName', 'associateId'] as const;
/** The same, with what few rosters say: whether the user still works here, and the mail address that sources are joined by. */
export const allColumns = [...columns, 'active', 'mail'] as const;
export type Column = (typeof allColumns)[number];

/** The fields of one row, before they are checked. */
export type Fields = { readonly [name in Column]?: unknown };

/** The longest name of a user or of a storage, in characters: it travels through Redis and in addresses. */
export const maxNameLength = 256;

/** SuperOffice keys are 32-bit integers. */
const maxAssociateId = 2 ** 31 - 1;

/**
 * The user that a row names, or why it names none. Text is taken as it is: a space may be part of a name. An associate
 * that is none is left out: only the audit needs it ({@link associateProblem}).
 */
export function readUser({ username, userStorageName, associateId, active }: Fields): User | string {
  if (isBlank(username)) return 'username is missing';
  if (typeof username !== 'string') return 'username is not text';
  const user: { -readonly [name in keyof User]: User[name] } = { username };
  if (!isBlank(userStorageName)) {
    if (typeof userStorageName !== 'string') return 'userStorageName is not text';
    user.userStorageName = userStorageName;
  }
  if (username.length > maxNameLength) return `username is longer than ${maxNameLength} characters`;
  if ((user.userStorageName?.length ?? 0) > maxNameLength)
    return `userStorageName is longer than ${maxNameLength} characters`;
  if (username.includes('\uFFFD') || user.userStorageName?.includes('\uFFFD')) return notUtf8;
  const associate = readAssociate(associateId);
  if (associate !== undefined) user.associateId = associate;
  const works = readActive(active);
  if (works === 'unreadable') return notActive(active);
  if (works !== undefined) user.active = works;
  return user;
}

/** Why the associate of a row cannot be used; undefined where it can, or where the row names none. */
export function associateProblem({ associateId }: Fields): string | undefined {
  if (isBlank(associateId) || readAssociate(associateId) !== undefined) return undefined;
  const shown = JSON.stringify(String(associateId).trim().slice(0, 40));
  return `associateId is not a whole number from 1 to ${maxAssociateId}: ${shown}`;
}

/** Spreadsheets write 1001.0 for 1001, or 1001,0 where the decimal sign is a comma. */
function readAssociate(associateId: unknown): number | undefined {
  if (isBlank(associateId)) return undefined;
  const [, digits = ''] = /^(\d+)(?:[.,]0+)?$/.exec(String(associateId).trim()) ?? [];
  const number = Number(digits);
  return number < 1 || number > maxAssociateId ? undefined : number;
}

/** Whether somebody still works here. Spreadsheets write TRUE, databases 1, people yes. */
function readActive(active: unknown): boolean | undefined | 'unreadable' {
  if (isBlank(active)) return undefined;
  const word = String(active).trim().toLowerCase();
  if (['true', '1', 'yes'].includes(word)) return true;
  return ['false', '0', 'no'].includes(word) ? false : 'unreadable';
}

/** Nobody is kept up who may have left, so a word that is not understood turns its row down. */
function notActive(active: unknown): string {
  return `active is neither true nor false: ${JSON.stringify(String(active).trim().slice(0, 40))}`;
}

const notUtf8 = 'a name is not valid UTF-8: save the roster as UTF-8';

/** Whether a value says nothing. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
