import type { People } from './people.ts';

const header = 'username,userStorageName,associateId\r\n';

/** One user of the roster of a world. */
export interface RosterUser {
  readonly username: string;
  readonly userStorageName: string;
  readonly associateId: number;
}

export function rosterUser(people: People, index: number): RosterUser {
  return {
    username: people.username(index),
    userStorageName: people.storage(index),
    associateId: people.associateId(index),
  };
}

/** The roster of a world as CSV (RFC 4180), in pieces of some hundred rows; `users`: only the first so many. */
export function* rosterCsv(people: People, users = people.users): Iterable<string> {
  let piece = header;
  const count = Math.min(users, people.users);
  for (let index = 0; index < count; index += 1) {
    const { username, userStorageName, associateId } = rosterUser(people, index);
    piece += `${quoted(username)},${quoted(userStorageName)},${associateId}\r\n`;
    if (piece.length < 32_768) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
