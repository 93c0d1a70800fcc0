import { indexIn, nameOf } from './names.ts';
import { mix, shareOf } from './random.ts';

/** The storages of every simulated Pointsharp ID. */
export const storageNames = ['AD', 'LDAP-Extern', 'Partners & Söner'] as const;

const storageQuestion = 2;
const twinQuestion = 3;
const twinShare = 0.02;
const firstAssociateId = 1001;

/**
 * Who lives in a world: persons 0 … users-1 are the users of the roster. A few of them have a namesake (a twin) in
 * another storage, who is not in the roster: person = users + index of the namesake.
 */
export interface People {
  readonly seed: number;
  /** How many users the roster has. */
  readonly users: number;
  /** The upper bound of person numbers: room for everybody and a twin each. */
  readonly persons: number;
  username(person: number): string;
  storage(person: number): string;
  associateId(index: number): number;
  /** The index of an associate's user; -1 if nobody has that id. */
  indexOfAssociate(associateId: number): number;
  hasTwin(index: number): boolean;
  isRosterUser(person: number): boolean;
  isUsername(username: string): boolean;
  /** Who is meant. Without a storage the name must be unique over all storages, as with the vendor. */
  find(username: string, storage: string | undefined): number | 'unknown' | 'ambiguous';
  /** Every person: the roster first, then the twins. */
  all(): Iterable<number>;
}

export function createPeople(seed: number, users: number): People {
  function storageIndex(person: number): number {
    const index = person % users;
    const own = mix(seed, index, storageQuestion);
    // Most users live in the directory.
    const first = own % 10 < 7 ? 0 : 1 + (own % (storageNames.length - 1));
    return person < users ? first : (first + 1) % storageNames.length;
  }

  function storage(person: number): string {
    return storageNames[storageIndex(person)] ?? storageNames[0];
  }

  function hasTwin(index: number): boolean {
    return shareOf(mix(seed, index, twinQuestion)) < twinShare;
  }

  function indexOf(username: string): number {
    const index = indexIn(username);
    return index >= 0 && index < users && nameOf(seed, index) === username ? index : -1;
  }

  function find(username: string, storageName: string | undefined): number | 'unknown' | 'ambiguous' {
    const index = indexOf(username);
    if (index < 0) return 'unknown';
    if (storageName === undefined) return hasTwin(index) ? 'ambiguous' : index;
    if (storage(index) === storageName) return index;
    return hasTwin(index) && storage(users + index) === storageName ? users + index : 'unknown';
  }

  function* all(): Iterable<number> {
    for (let index = 0; index < users; index += 1) yield index;
    for (let index = 0; index < users; index += 1) if (hasTwin(index)) yield users + index;
  }

  return {
    seed,
    users,
    persons: 2 * users,
    username: (person) => nameOf(seed, person % users),
    storage,
    associateId: (index) => firstAssociateId + index,
    indexOfAssociate: (id) =>
      id >= firstAssociateId && id < firstAssociateId + users ? id - firstAssociateId : -1,
    hasTwin,
    isRosterUser: (person) => person < users,
    isUsername: (username) => indexOf(username) >= 0,
    find,
    all,
  };
}
