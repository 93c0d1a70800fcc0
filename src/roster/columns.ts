import type { User } from '../domain/user.ts';

/** What a roster may say of a user; names are matched whatever their case, other columns are left out. */
export const columns = ['username', 'userStorageName', 'associateId'] as const;
type Column = (typeof columns)[number];

/** The fields of one row, before they are checked. */
export type Fields = { readonly [name in Column]?: unknown };

/** The column that a name stands for, if any. */
export function columnNamed(name: string): Column | undefined {
  return byName.get(name.trim().toLowerCase());
}

const byName = new Map(columns.map((column) => [column.toLowerCase(), column]));

/** The longest name of a user or of a storage, in characters: it travels through Redis and in addresses. */
export const maxNameLength = 256;

/** SuperOffice keys are 32-bit integers. */
const maxAssociateId = 2 ** 31 - 1;

/** The user that a row names, or why it names none. Text is taken as it is: a space may be part of a name. */
export function readUser({ username, userStorageName, associateId }: Fields): User | string {
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
  if (!isBlank(associateId)) {
    const text = String(associateId).trim();
    const number = /^\d+$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > maxAssociateId) {
      return `associateId is not a whole number from 1 to ${maxAssociateId}: ${JSON.stringify(text.slice(0, 40))}`;
    }
    user.associateId = number;
  }
  return user;
}

const notUtf8 = 'a name is not valid UTF-8: save the roster as UTF-8';

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
