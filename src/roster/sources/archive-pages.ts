import { changedArchive, cutArchive, unorderedArchive } from './archive-errors.ts';

/** One user of SuperOffice. */
export interface UserRow {
  readonly associateId: number;
  /** What the columns hold that were asked for, by their names. */
  readonly values: { readonly [column in string]?: string | number | boolean | null };
}

/** Rows of the archive, as they came. */
export interface UsersPage {
  readonly rows: readonly UserRow[];
  /** Whether the server says that there are more. Where they are it says as well, but nobody goes there. */
  readonly hasMore: boolean;
}

/** Asks for a part of the archive. */
export type AskForRows = (skip: number, top: number) => Promise<UsersPage>;

/**
 * All rows of the archive, a page at a time. Each page begins with the last row of the one before, which proves that
 * nothing moved between the two; and the last page has that row alone, which proves that nothing follows. Each says
 * whether there may be more behind it.
 *
 * @param top rows per page, 2 or more
 * @throws RosterError when a page does not follow the one before, and whatever `ask` throws
 */
export async function* allRows(ask: AskForRows, top: number): AsyncGenerator<UsersPage> {
  let received = 0;
  let last: number | undefined;
  for (;;) {
    const { rows, hasMore } = await ask(Math.max(0, received - 1), top);
    if (last !== undefined && rows[0]?.associateId !== last) throw changedArchive(received);
    const fresh = last === undefined ? rows : rows.slice(1);
    for (const { associateId } of fresh) {
      if (last !== undefined && associateId <= last) throw unorderedArchive(received);
      last = associateId;
    }
    received += fresh.length;
    if (fresh.length > 0) yield { rows: fresh, hasMore: hasMore || rows.length >= top };
    else if (!hasMore) return;
    // Nobody knows whether a server says so on its last page as well. Behind the end there is nothing.
    else if ((await ask(received, top)).rows.length > 0) throw cutArchive(received);
    else return;
  }
}
