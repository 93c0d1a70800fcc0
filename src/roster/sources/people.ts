import { type Entry, type Filter, FilterParser } from 'ldapts';
import type { DirectoryConfig } from '../../config/roster/directories.ts';
import { badFilter, hiddenNames, nobodyFound } from './directory-errors.ts';
import { groupsOf } from './directory-groups.ts';
import { textOf } from './entry.ts';
import type { Session } from './session.ts';

/** The attribute in which Active Directory says that an account is disabled, and the bit for it. */
const accountControl = 'userAccountControl';
const disabledBit = 2;

/**
 * The people of one directory, as NDJSON, a page at a time.
 *
 * @throws RosterError when there are none, or none with a name: that is how rights look that are missing
 */
export async function* readPeople(
  session: Session,
  directory: DirectoryConfig,
): AsyncGenerator<{ readonly lines: string; readonly users: number; readonly rows: number }> {
  const { filter, usernameAttribute, leaverFilter, prefix } = directory;
  const { associateAttribute, groupAttribute, mailAttribute } = directory;
  const people = readFilter(filter, `${prefix}FILTER`);
  const left = leaverFilter === undefined ? undefined : readFilter(leaverFilter, `${prefix}LEAVER_FILTER`);
  const leavers = new Set<string>();
  if (left) {
    for await (const page of session.search(left, ['1.1'])) {
      for (const { dn } of page) leavers.add(dn.toLowerCase());
    }
  }
  const optional = [associateAttribute, groupAttribute, mailAttribute];
  const wanted = optional.filter((attribute) => attribute !== undefined);
  const attributes = [usernameAttribute, accountControl, ...wanted];
  let entries = 0;
  let named = 0;
  for await (const page of session.search(people, attributes)) {
    let lines = '';
    let users = 0;
    for (const entry of page) {
      const row = readEntry(entry, directory, leavers);
      const group = groupsOf(entry, directory, session.name);
      entries += 1;
      if (row.username !== undefined) users += 1;
      lines += `${JSON.stringify({ ...row, group })}\n`;
    }
    named += users;
    yield { lines, users, rows: page.length };
  }
  if (entries === 0) throw nobodyFound(session.name, prefix);
  if (named === 0) throw hiddenNames(session.name, { entries, attribute: usernameAttribute, prefix });
}

function readFilter(text: string, variable: string): Filter {
  try {
    return FilterParser.parseString(text);
  } catch (error) {
    throw badFilter(variable, error);
  }
}

/** The row of an entry. One that says nothing is still a row, to be counted and turned down: `entry` keeps it from being blank. */
function readEntry(entry: Entry, directory: DirectoryConfig, leavers: ReadonlySet<string>) {
  const { usernameAttribute, associateAttribute, mailAttribute, storage } = directory;
  const username = textOf(entry, usernameAttribute);
  const associateId = associateAttribute && textOf(entry, associateAttribute);
  const mail = mailAttribute && textOf(entry, mailAttribute);
  const active = leavers.has(entry.dn.toLowerCase()) ? false : isEnabled(textOf(entry, accountControl));
  return { entry: true, username, userStorageName: storage, associateId, mail, active };
}

/** Unknown where the directory does not say it, or says something that is no number. */
function isEnabled(control: string | undefined): boolean | undefined {
  if (control === undefined || !/^-?\d{1,10}$/.test(control)) return undefined;
  return (Number(control) & disabledBit) === 0;
}
