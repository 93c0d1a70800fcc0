import { allColumns, type Column } from '../columns.ts';

/**
 * What other programs call our columns, whatever the case, without blanks, `_`, `-` and `.`: Active Directory and its
 * console, and the languages of the Nordic countries and Germany.
 */
const otherNames: { readonly [column in Column]?: readonly string[] } = {
  username: [
    'user',
    'login',
    'loginname',
    'logonname',
    'userlogonname',
    'samaccountname',
    'userprincipalname',
    'upn',
    'användarnamn',
    'anvandarnamn',
    'brukernavn',
    'brugernavn',
    'käyttäjätunnus',
    'benutzername',
  ],
  userStorageName: ['userstorage', 'storagename', 'storage'],
  associateId: ['superofficeassociateid', 'superofficeid'],
};

/** Where our columns are among the titles of a file. */
export type Indexes = { readonly [column in Column]?: number };

/** Several titles that stand for one column. */
export interface Doubled {
  readonly column: Column;
  readonly titles: readonly string[];
  /** Both are the name of the column itself. */
  readonly isSame: boolean;
}

/**
 * Finds our columns among titles, whatever their case and with blanks around them. Only a column whose own name is not
 * there is looked for under its other names, so that a file which names it may have those for something else.
 */
export function findColumns(titles: readonly string[]): {
  readonly indexes: Indexes;
  readonly doubled?: Doubled;
} {
  const found: { [column in Column]?: number } = {};
  for (const column of allColumns) {
    const own = indexesOf(titles, (title) => title.trim().toLowerCase() === column.toLowerCase());
    const names = [column.toLowerCase(), ...(otherNames[column] ?? [])];
    const all = own.length > 0 ? own : indexesOf(titles, (title) => names.includes(plain(title)));
    if (all[0] !== undefined) found[column] = all[0];
    if (all.length < 2) continue;
    // Most rosters have no use for it, and who joins by it is told how many users have none.
    if (column === 'mail') {
      delete found.mail;
      continue;
    }
    const doubled = {
      column,
      titles: all.map((index) => titles[index]?.trim() ?? ''),
      isSame: own.length > 0,
    };
    return { indexes: found, doubled };
  }
  return { indexes: found };
}

function indexesOf(titles: readonly string[], fits: (title: string) => boolean): number[] {
  return titles.flatMap((title, index) => (fits(title) ? [index] : []));
}

/** Blanks of any kind, also those that nobody sees. */
function plain(title: string): string {
  return title
    .replace(/[\s_.\p{Cf}-]/gu, '')
    .normalize('NFC')
    .toLowerCase();
}
