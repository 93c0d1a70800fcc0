import { type BadRequest, violation } from '../http/strict.ts';
import type { People } from '../people/people.ts';

/** A user of SuperOffice, with the columns of the archive AllUsers that are played. */
export interface ArchiveUser {
  readonly associateDbId: number;
  readonly userName: string | null;
  readonly fullName?: string;
  readonly personEmail?: string | null;
  readonly credentialDisplayValue?: string | null;
  /** Whoever is not is a former one; a text is what no client should take for either, null is without the right to it. */
  readonly isActive: boolean | string | null;
  readonly canLogin?: boolean;
  /** What kind of user: nobody knows how the real one writes it. */
  readonly assocType?: string;
}

/** A row as it is answered. */
export type ArchiveRow = Readonly<Record<string, string | number | boolean | null>>;

/** A page as it is answered. */
export interface ArchivePage {
  readonly rows: readonly ArchiveRow[];
  readonly hasMore: boolean;
}

/** What an archive may do wrong, or in its own way. */
export interface ArchiveHabits {
  /** Rows of a page, whatever is asked for. */
  mostRows?: number;
  /** A page with more is refused. */
  refusesAbove?: number;
  /** It says of every page that there are more. */
  alwaysMore?: boolean;
  /** It looks neither at `$skip` nor at `$orderBy`. */
  ignores?: '$skip' | '$orderBy';
  /** A page that begins before this row ends before it as well, and is said to have more behind it. */
  cutsAt?: number;
  /** Hears of each page before it is made: the users may be others then. */
  onPage?: (skip: number) => void;
}

/** The users of SuperOffice. */
export interface Archive {
  /** In any order; undefined is everybody of the world, all of them active. */
  users: readonly ArchiveUser[] | undefined;
  habits: ArchiveHabits;
  page(query: Readonly<Record<string, string>>): ArchivePage | BadRequest;
}

const columns = [
  'associateDbId',
  'userName',
  'fullName',
  'personEmail',
  'credentialDisplayValue',
  'isActive',
  'canLogin',
  'assocType',
] as const;
export const archiveParameters = ['$select', '$orderBy', '$top', '$skip', '$output'] as const;

export function createArchive(people: People): Archive {
  let sorted: { readonly of: readonly ArchiveUser[]; readonly users: readonly ArchiveUser[] } | undefined;

  /** The users from one place to another. */
  function usersBetween(start: number, end: number, isOrdered: boolean): readonly ArchiveUser[] {
    const { users } = archive;
    if (!users) {
      const last = Math.min(end, people.users);
      return Array.from({ length: Math.max(0, last - start) }, (_, index) => seeded(people, start + index));
    }
    if (!isOrdered) return users.slice(start, end);
    if (sorted?.of !== users)
      sorted = { of: users, users: users.toSorted((one, other) => one.associateDbId - other.associateDbId) };
    return sorted.users.slice(start, end);
  }

  function makePage(wanted: readonly string[], asked: number, top: number): ArchivePage | BadRequest {
    archive.habits.onPage?.(asked);
    const { mostRows = top, refusesAbove = top, alwaysMore = false, ignores, cutsAt = 0 } = archive.habits;
    if (top > refusesAbove) return { problem: 'The page is too large.', isViolation: false };
    const skip = ignores === '$skip' ? 0 : asked;
    const whole = skip + Math.min(top, mostRows);
    const end = skip < cutsAt ? Math.min(whole, cutsAt) : whole;
    const rows = usersBetween(skip, end, ignores !== '$orderBy');
    const total = archive.users?.length ?? people.users;
    return {
      rows: rows.map((user) => toRow(user, wanted)),
      hasMore: alwaysMore || skip + rows.length < total,
    };
  }

  const archive: Archive = {
    users: undefined,
    habits: {},
    page(query) {
      const { $select = '', $orderBy, $top = '', $skip = '0', $output } = query;
      const wanted = $select.split(',');
      const stranger = wanted.find((name) => !columns.some((column) => column === name));
      if (stranger !== undefined) return violation(`unknown column ${JSON.stringify(stranger.slice(0, 40))}`);
      if ($orderBy !== 'associateDbId') return violation('pages without an order do not follow each other');
      if ($output !== 'Logical')
        return violation('without $output=Logical true and false may come as anything');
      if (!/^[1-9]\d*$/.test($top) || !/^\d+$/.test($skip)) return violation('$top and $skip are numbers');
      return makePage(wanted, Number($skip), Number($top));
    },
  };
  return archive;
}

function toRow(user: ArchiveUser, wanted: readonly string[]): ArchiveRow {
  const values: ArchiveRow = { ...user };
  return {
    PrimaryKey: user.associateDbId,
    EntityName: user.isActive === false ? 'expired' : 'all',
    ...Object.fromEntries(wanted.map((name) => [name, values[name] ?? null])),
  };
}

function seeded(people: People, index: number): ArchiveUser {
  return {
    associateDbId: people.associateId(index),
    userName: people.username(index),
    fullName: people.username(index),
    isActive: true,
    canLogin: true,
    assocType: 'associate',
  };
}
